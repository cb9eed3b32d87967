import { link, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { foldWriteAheadLog } from '@pairgate/store'
import type { StatePaths } from '../config/state-dir.ts'
import { syncDirectory } from '../platform/sync-directory.ts'
import { statOf } from '../state/file-modes.ts'

/**
 * Puts `draft` in the place of the database, which is kept under a name of its own. At every moment there
 * is one whole database at its place. Answers the name under which the old one is kept.
 */
export async function replaceDatabase(
  { database }: Pick<StatePaths, 'database'>,
  draft: string,
  time: string,
): Promise<string | undefined> {
  const isThere = (await statOf(database)) !== undefined
  const keptAs = `${database}.before-restore-${time}`
  const log = `${database}-wal`
  // The log of one database, beside another one, would be played into it.
  const isOneFile = isThere && foldWriteAheadLog(database)
  if (!isOneFile && (await statOf(log))) await rename(log, `${keptAs}-wal`)
  await rm(log, { force: true })
  await rm(`${database}-shm`, { force: true })
  if (isThere) await link(database, keptAs)
  syncDirectory(dirname(database))
  await rename(draft, database)
  syncDirectory(dirname(database))
  return isThere ? keptAs : undefined
}
