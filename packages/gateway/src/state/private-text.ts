import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../platform/sync-directory.ts'
import { StateError } from './state-error.ts'

/** @returns the text of a file of the state directory, or `undefined` when there is none. */
export async function readStateText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new StateError(`Cannot read ${path} (${code}). Give this user access to it.`, { cause: error })
  }
}

/** Appears whole or not at all, only its owner may ever read it, and a power cut does not take it back. */
export async function writePrivateText(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`
  try {
    // Left by a crash; the lock of the state directory keeps a second writer away.
    await rm(draft, { force: true })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
    syncDirectory(dirname(path))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StateError(`Cannot write ${path} (${code}). Give this user room and access there.`, {
      cause: error,
    })
  }
}
