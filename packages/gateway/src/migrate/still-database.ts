import { copyFile, realpath, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { hashFile } from '../backup/backup-file.ts'
import { withScratchDir } from '../platform/scratch-dir.ts'
import { statOf } from '../state/file-modes.ts'
import { StateError } from '../state/state-error.ts'

/** What SQLite keeps beside a database until it has come home. */
const BESIDE = ['-wal', '-journal']
/** How often a copy is made of files that change under it. */
const MOST_COPIES = 5

/**
 * Reads a database that belongs to another program, which may be running, without a trace: SQLite gets the
 * file itself only with the promise that nobody writes, and else a private copy, in which it may bring home
 * what lies beside. The copy holds secrets of that program, so it lives no longer than the reading; if that is
 * killed, the next one takes it away, and so does `openclaw doctor --fix`.
 */
export async function withStillDatabase<T>(named: string, read: (database: DatabaseSync) => T): Promise<T> {
  const path = await realpath(named).catch(() => named)
  try {
    if ((await filesOf(path)).length === 1) return readFrom(immutable(path), read)
    return await withScratchDir(async (dir) => readFrom(new DatabaseSync(await copySettled(path, dir)), read))
  } catch (error) {
    throw error instanceof StateError ? error : unreadable(path, error)
  }
}

function readFrom<T>(database: DatabaseSync, read: (database: DatabaseSync) => T): T {
  try {
    database.exec('pragma trusted_schema = off')
    return read(database)
  } finally {
    database.close()
  }
}

function immutable(path: string): DatabaseSync {
  return new DatabaseSync(new URL(`${pathToFileURL(path).href}?immutable=1`), { readOnly: true })
}

async function filesOf(path: string): Promise<readonly string[]> {
  const found: string[] = [path]
  for (const end of BESIDE) {
    // Also an empty one: it is there while a program has the database open.
    if (await statOf(`${path}${end}`)) found.push(`${path}${end}`)
  }
  return found
}

/** All files as they were at one moment: each was the same when it was copied and after the last was. */
async function copySettled(path: string, to: string): Promise<string> {
  for (let tries = 0; tries < MOST_COPIES; tries += 1) {
    const files = await filesOf(path)
    for (const file of files) await copyFile(file, join(to, basename(file)))
    const same = await Promise.all(files.map((file) => isSame(file, join(to, basename(file)))))
    const after = await filesOf(path)
    if (same.every(Boolean) && after.length === files.length) return join(to, basename(path))
    for (const file of files) await rm(join(to, basename(file)))
  }
  throw new StateError(`${path} changes while it is read. Stop OpenClaw's gateway, and do it again.`)
}

async function isSame(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([statOf(one), statOf(other)])
  if (!first || first.size !== second?.size) return false
  return (await hashFile(one, first.size)) === (await hashFile(other, first.size))
}

/** What SQLite or the system says names no row. */
function unreadable(path: string, cause: unknown): StateError {
  const why =
    cause instanceof Error ? ('code' in cause ? `${cause.code}: ${cause.message}` : cause.message) : ''
  return new StateError(
    `Cannot read ${path} (${why}). Give this user access to it, or check it with OpenClaw: openclaw doctor`,
    { cause },
  )
}
