import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreUnavailable } from '../store-unavailable.ts'
import { untilUnlocked } from './lock-patience.ts'
import { withNamedFailures } from './sqlite-failure.ts'

/** Where a database lies, and what has to be done when nobody needs it any more. */
export interface SqlitePlace {
  readonly path: string
  /** Whether a commit must survive a power cut. */
  readonly isDurable: boolean
  clear(): void
}

/**
 * A place for `path`. `:memory:` is a file too, in a fresh directory that goes when the store is
 * closed: two connections cannot share SQLite's own `:memory:` without seeing what is not committed.
 */
export function findPlace(path: string): SqlitePlace {
  if (path !== ':memory:') return { path: resolve(path), isDurable: true, clear: () => undefined }
  const directory = mkdtempSync(join(tmpdir(), 'pairgate-'))
  return {
    path: join(directory, 'pairgate.db'),
    isDurable: false,
    clear: () => rmSync(directory, { recursive: true, force: true }),
  }
}

/** Long waits for a lock are `untilUnlocked`'s; this one only bridges the moments that SQLite itself needs. */
const BUSY_TIMEOUT_MS = 10

/** The connection that writes. Makes the file, readable by its owner only, if there is none. */
export async function openWriter(place: SqlitePlace, lockPatienceMs: number): Promise<DatabaseSync> {
  closeToOthers(place.path)
  const database = withNamedFailures(
    () => new DatabaseSync(place.path, { timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true }),
  )
  try {
    await untilUnlocked(lockPatienceMs, () => withNamedFailures(() => useWriteAheadLog(database)))
    withNamedFailures(() => {
      // FULL, because NORMAL may lose the last commits in a power cut, and with them a revocation that
      // was acknowledged. On macOS only fullfsync reaches the disk itself.
      database.exec(place.isDurable ? 'pragma synchronous = full' : 'pragma synchronous = off')
      // What is deleted is overwritten: erased names must not be read out of the file.
      database.exec('pragma secure_delete = on')
      database.exec('pragma fullfsync = on; pragma checkpoint_fullfsync = on; pragma trusted_schema = off')
    })
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** A connection that cannot write, and that never waits for the one that does. */
export function openReader(place: SqlitePlace): DatabaseSync {
  return withNamedFailures(() => new DatabaseSync(place.path, { timeout: BUSY_TIMEOUT_MS, readOnly: true }))
}

/**
 * Whether the file is still the one that was opened. SQLite would go on writing into a file that was moved
 * away or deleted, and all of that would be gone with the next start.
 */
export function createCheckPlace({ path }: SqlitePlace): () => void {
  const opened = statSync(path)
  return () => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.ino !== opened.ino || found.dev !== opened.dev) throw new StoreUnavailable('moved', undefined)
  }
}

function useWriteAheadLog(database: DatabaseSync): void {
  const mode = database.prepare('pragma journal_mode = wal').get()?.['journal_mode']
  if (mode !== 'wal')
    throw new Error(`this file system has no write-ahead log: journal mode is ${String(mode)}`)
}

/** Before any data is in it. SQLite gives `-wal` and `-shm` the mode of the database file, whatever the umask. */
function closeToOthers(path: string): void {
  createEmpty(path)
  chmodSync(path, 0o600)
  // Left behind by a crash, or copied here with another mode.
  for (const beside of [`${path}-wal`, `${path}-shm`]) chmodIfThere(beside)
}

function createEmpty(path: string): void {
  try {
    // Never opens a file that is there: closing it again would drop this process' SQLite locks on it.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  }
}

function chmodIfThere(path: string): void {
  try {
    chmodSync(path, 0o600)
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
