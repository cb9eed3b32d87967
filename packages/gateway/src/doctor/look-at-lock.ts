import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** Whether a process holds the lock of a state directory. Looks only: a lock that is not there is not made. */
export function isLockHeld(path: string): boolean {
  if (!existsSync(path)) return false
  try {
    const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
    try {
      database.prepare('select count(*) from sqlite_schema').get()
      return false
    } finally {
      database.close()
    }
  } catch (error) {
    return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
  }
}

const SQLITE_BUSY = 5
