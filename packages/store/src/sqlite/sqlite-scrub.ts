import type { DatabaseSync } from 'node:sqlite'
import type { Traces } from '@pairgate/core'
import { StoreUnavailable } from '../store-unavailable.ts'
import { untilUnlocked } from './lock-patience.ts'
import { withNamedFailures } from './sqlite-failure.ts'

/** A file up to this size is written anew, in well under a second, during which nothing else happens. */
const REWRITTEN_BYTES = 32 * 1_024 * 1_024
/** How long another program that reads the file is waited for. */
const PATIENCE_MS = 1_000

/**
 * What is deleted is overwritten at once, but a row that SQLite has moved to another page before may have left
 * a copy behind, and the write-ahead log holds pages as they were. So the file is written anew, unless it is
 * large, and the log is emptied.
 */
export async function scrubFile(database: DatabaseSync): Promise<Traces> {
  const isRewritten = sizeOf(database) <= REWRITTEN_BYTES
  try {
    if (isRewritten) await untilUnlocked(PATIENCE_MS, () => withNamedFailures(() => database.exec('vacuum')))
    await untilUnlocked(PATIENCE_MS, () => emptyLog(database))
  } catch (error) {
    // What it follows has happened; the answer says that this has not.
    if (error instanceof StoreUnavailable) return 'file'
    throw error
  }
  return isRewritten ? 'none' : 'file'
}

function sizeOf(database: DatabaseSync): number {
  const pragma = (name: string) => Number(database.prepare(`pragma ${name}`).get()?.[name])
  return pragma('page_count') * pragma('page_size')
}

function emptyLog(database: DatabaseSync): void {
  const answer = withNamedFailures(() => database.prepare('pragma wal_checkpoint(truncate)').get())
  if (answer?.['busy'] !== 0) throw new StoreUnavailable('locked', undefined)
}
