import { StoreUnavailable, type StoreUnavailableReason } from '../store-unavailable.ts'

/** SQLite's primary result codes for a database that is at fault itself. */
const REASONS: ReadonlyMap<number, StoreUnavailableReason> = new Map([
  [3, 'unreadable'], // SQLITE_PERM
  [5, 'locked'], // SQLITE_BUSY
  [6, 'locked'], // SQLITE_LOCKED
  [8, 'read-only'], // SQLITE_READONLY
  [10, 'unreadable'], // SQLITE_IOERR
  [11, 'corrupt'], // SQLITE_CORRUPT
  [13, 'full'], // SQLITE_FULL
  [14, 'unreadable'], // SQLITE_CANTOPEN
  [26, 'corrupt'], // SQLITE_NOTADB
])

/** Does what SQLite is asked for and names the failures that an operator can do something about. */
export function withNamedFailures<T>(attempt: () => T): T {
  try {
    return attempt()
  } catch (error) {
    const reason = reasonOf(error)
    throw reason === undefined ? error : new StoreUnavailable(reason, error)
  }
}

function reasonOf(error: unknown): StoreUnavailableReason | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  // The higher bits refine the primary code.
  return REASONS.get(error.errcode & 0xff)
}
