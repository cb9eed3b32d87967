import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StateError } from './state-error.ts'

/** Held for life by the one gateway of a state directory, and by tools that work without it. */
export interface InstanceLock {
  release(): void
}

const SQLITE_BUSY = 5
/** A database that nothing refers to is collected, and closed, and its lock is gone with it. */
const held = new Set<DatabaseSync>()
const ANOTHER_DIRECTORY = 'Stop it first, or give this one a PAIRGATE_STATE_DIR of its own.'

/**
 * Takes the lock of a state directory, or throws `StateError` when another process holds it. The lock is
 * an open transaction, so the system gives it back however this process ends.
 */
export function takeInstanceLock(path: string, advice = ANOTHER_DIRECTORY): InstanceLock {
  createPrivate(path)
  const database = openDatabase(path)
  try {
    // Nothing is ever written, so no journal has to lie beside the file.
    database.exec('PRAGMA journal_mode = MEMORY; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw isBusy(error) ? alreadyRunning(path, advice) : cannotLock(path, error)
  }
  held.add(database)
  return {
    release() {
      held.delete(database)
      if (database.isOpen) database.close()
    },
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { timeout: 0 })
  } catch (error) {
    throw cannotLock(path, error)
  }
}

/**
 * Only when there is no such file: closing any handle on a locked file would drop this process's own
 * locks on it (POSIX record locks belong to the process, not to the handle).
 */
function createPrivate(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw cannotLock(path, error)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY
}

function alreadyRunning(path: string, advice: string): StateError {
  return new StateError(`Another gateway is already running on ${dirname(path)}. ${advice}`)
}

function cannotLock(path: string, cause: unknown): StateError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new StateError(`Cannot lock ${path}: ${why}. Give this user access to it.`, { cause })
}
