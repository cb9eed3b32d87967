import type { Stats } from 'node:fs'
import { lstat, mkdir } from 'node:fs/promises'
import { StateError } from './state-error.ts'

const GROUP_AND_OTHERS = 0o077

/** Facts about a path, or `undefined` when nothing is there. A symbolic link is not followed. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new StateError(
      `Cannot look at ${path} (${(error as NodeJS.ErrnoException).code}). Give this user access to it.`,
      {
        cause: error,
      },
    )
  }
}

/** Makes a directory that nobody else may enter; one that exists must be like that already. */
export async function preparePrivateDir(dir: string): Promise<void> {
  if (await statOf(dir)) return checkPrivateDir(dir)
  await makeDir(dir)
}

/** Refuses a directory that others may enter, or that somebody else owns. A missing one is fine. */
export async function checkPrivateDir(dir: string): Promise<void> {
  const found = await statOf(dir)
  if (!found) return
  if (found.isSymbolicLink()) {
    throw new StateError(`${dir} is a symbolic link. Put a directory of its own in its place.`)
  }
  if (!found.isDirectory())
    throw new StateError(`${dir} is no directory. Move it away, or choose another path.`)
  checkPrivate(dir, found, { remedy: 'chmod 700', uid: process.getuid?.() })
}

/** Refuses a file that others may read, or that somebody else owns. A missing file is fine. */
export async function checkPrivateFile(file: string, uid = process.getuid?.()): Promise<void> {
  const found = await statOf(file)
  if (!found) return
  if (found.isSymbolicLink())
    throw new StateError(`${file} is a symbolic link. Put the file itself in its place.`)
  if (!found.isFile()) throw new StateError(`${file} is no file. Move it away.`)
  checkPrivate(file, found, { remedy: 'chmod 600', uid })
}

export interface PrivateRule {
  readonly remedy: 'chmod 700' | 'chmod 600'
  /** Whose it must be. */
  readonly uid: number | undefined
}

/** Never repaired silently: what others could read until now may have been read. */
export function checkPrivate(path: string, found: Stats, { remedy, uid }: PrivateRule): void {
  // No such modes on this system (Windows).
  if (uid === undefined) return
  if (found.uid !== uid && found.uid !== 0) {
    throw new StateError(
      `${path} belongs to user ${found.uid}, who could replace it. Run: chown ${uid} ${quoted(path)}`,
    )
  }
  if ((found.mode & GROUP_AND_OTHERS) === 0) return
  const mode = (found.mode & 0o777).toString(8).padStart(3, '0')
  throw new StateError(
    `Other users of this machine may open ${path} (mode ${mode}). Run: ${remedy} ${quoted(path)} (in a mounted volume, choose a directory inside it).`,
  )
}

async function makeDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new StateError(
      `Cannot create ${dir} (${(error as NodeJS.ErrnoException).code}). Choose another path.`,
      {
        cause: error,
      },
    )
  }
}

/** For a command line that people copy. */
export function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
