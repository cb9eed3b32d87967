import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { EMPTY_LOG, type EventHead } from '@pairgate/core'
import { readSqliteHead, StoreUnavailable } from '@pairgate/store'
import type { StatePaths } from '../config/state-dir.ts'
import { createSystemClock } from '../platform/system-clock.ts'
import { readHead, writeHead } from '../state/event-head.ts'
import { takeInstanceLock } from '../state/instance-lock.ts'
import { explainStore } from '../state/open-database.ts'
import { prepareState } from '../state/prepare-state.ts'
import { StateError } from '../state/state-error.ts'
import { readFileFacts } from './backup-file.ts'
import type { BackupManifest } from './backup-manifest.ts'
import { type BackupPlace, embeddedPaths, timeInName } from './backup-place.ts'
import {
  type BackupKeys,
  checkBackup,
  type FaultyBackup,
  findBackupKeys,
  isSameHead,
} from './check-backup.ts'
import { replaceDatabase } from './replace-database.ts'

export interface RestoredBackup {
  readonly manifest: BackupManifest
  /** Where the database is kept that was there. */
  readonly keptAs: string | undefined
  /** Whether the gateway refuses to start until the rollback is accepted. */
  readonly isRollback: boolean
  /** What is wrong with the event log of the backup, which is otherwise sound. */
  readonly fault: string | undefined
}

const STOP_IT = 'Stop it first: a restore replaces the database under it.'

/**
 * Puts a backup in the place of the database, while no gateway runs. What is checked is the copy that then
 * takes the place. Whenever the process ends, the one database or the other is there as a whole.
 */
export async function restoreBackup(file: string, place: BackupPlace): Promise<RestoredBackup> {
  const paths = embeddedPaths(place)
  // A name with a slip in it is told before anything that may be wrong with the state.
  await readFileFacts(file)
  const keys = await findBackupKeys(paths, place.env)
  refuseWithoutKeys(keys, paths)
  await prepareState(paths)
  const lock = takeInstanceLock(paths.lock, STOP_IT)
  const draft = `${paths.database}.restoring`
  try {
    // Left behind by a restore that was killed.
    await rm(draft, { force: true })
    const { manifest, fault } = await copyAndCheck(file, draft, keys)
    const isRollback = await noteRollback(paths, manifest.head)
    const keptAs = await replaceDatabase(paths, draft, timeInName(createSystemClock().now()))
    return { manifest, keptAs, isRollback, fault }
  } catch (error) {
    throw error instanceof StoreUnavailable ? explainStore('Cannot restore', error) : error
  } finally {
    await rm(draft, { force: true })
    lock.release()
  }
}

/** Neither can be made anew, and a gateway that does not start after a restore is worse than none. */
function refuseWithoutKeys(keys: BackupKeys, { tokenKey, eventsKey }: StatePaths): void {
  const missing = keys.token ? eventsKey : tokenKey
  if (keys.token && keys.events) return
  throw new StateError(
    `There is no ${missing}, and keys are no part of a backup. Put secrets/ back from where you keep it (mode 0700, files 0600). Nothing was changed.`,
  )
}

async function copyAndCheck(file: string, draft: string, keys: BackupKeys) {
  await copyDurably(file, draft)
  const verdict = await checkBackup(draft, keys)
  if (!verdict.ok && !isRestorable(verdict)) throw refusalOf(verdict)
  const { manifest } = verdict
  if (!manifest) throw new Error('a backup without a manifest was taken for a sound one')
  await truncateDurably(draft, manifest.size)
  return { manifest, fault: verdict.ok ? undefined : verdict.what }
}

/** The seal says that this gateway had exactly this log; the fault in it is not the restore's to judge. */
function isRestorable({ problem }: FaultyBackup): boolean {
  return problem === 'log'
}

function refusalOf({ what, advice }: FaultyBackup): StateError {
  return new StateError(`The backup cannot be restored. ${what} ${advice} Nothing was changed.`)
}

/**
 * What was decided after the backup was made is not in it, a revocation perhaps. So the note must lie ahead
 * of it: then the gateway does not start until the owner has accepted that. Where nothing is noted, as on
 * another machine, nobody knows what was decided since. A note can be older than the database that is there,
 * so that one is asked as well, if it can still be read.
 */
async function noteRollback({ eventHead, database }: StatePaths, head: EventHead): Promise<boolean> {
  const noted = await readNote(eventHead)
  if (noted === 'unreadable') return true
  const standing = (existsSync(database) ? await readStanding(database) : undefined) ?? noted
  const isHere = (end: EventHead | undefined) => end !== undefined && isSameHead(end, head)
  if (isHere(noted ?? EMPTY_LOG) && isHere(standing ?? EMPTY_LOG)) return false
  if (!noted || noted.seq <= head.seq)
    await writeHead(eventHead, { epoch: head.epoch, seq: head.seq + 1, mac: '' })
  return true
}

/** Where the database ends that is about to be replaced; of a damaged one nobody can tell. */
async function readStanding(path: string): Promise<EventHead | undefined> {
  try {
    return await readSqliteHead(path)
  } catch {
    return undefined
  }
}

async function readNote(path: string): Promise<EventHead | 'unreadable' | undefined> {
  try {
    return await readHead(path)
  } catch (error) {
    // A start is refused then, too.
    if (error instanceof StateError) return 'unreadable'
    throw error
  }
}

/** A file of our own mode, whatever the mode of the backup is. */
async function copyDurably(from: string, to: string): Promise<void> {
  try {
    await pipeline(createReadStream(from), createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }))
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    const what = path === from || code === 'ENOENT' ? `Cannot read ${from}` : `Cannot write ${to}`
    throw new StateError(`${what} (${code}). Nothing was changed.`, { cause: error })
  }
}

async function truncateDurably(path: string, size: number): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.truncate(size)
    await file.sync()
  } finally {
    await file.close()
  }
}
