import { type FileHandle, link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { encodeBase64Url } from '@pairgate/protocol'
import { HAS_FILE_MODES } from '../platform/node-machine.ts'
import { drawBytes } from '../platform/random.ts'

const OTHERS = 0o077

/**
 * Reads a file that only its owner may read.
 * @returns `undefined` when there is none.
 * @throws when others may read or write it; the message says what to do.
 */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await openExisting(path)
  if (!file) return undefined
  try {
    const { mode } = await file.stat()
    if (HAS_FILE_MODES && (mode & OTHERS) !== 0) {
      const shown = (mode & 0o777).toString(8).padStart(4, '0')
      throw new Error(
        `${path} is open to other users of this machine (mode ${shown}). ` +
          `If nobody else has had it, run: chmod 600 ${path}`,
      )
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/**
 * Makes a file of mode 0600 with this text, unless there is one. Whoever looks sees all of it or nothing.
 * @returns `false` when there was one already: of two processes at once exactly one is told `true`.
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const temporary = await writeBeside(path, text)
  try {
    // Unlike a rename, a link never replaces what is there.
    await link(temporary, path)
    await syncFolder(path)
    return true
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return false
    throw error
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Replaces a file by one of mode 0600 with this text. After a crash there is the old text or the new one. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  const temporary = await writeBeside(path, text)
  try {
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(path)
}

/** Makes the folder of `path` for this user alone; one that is there already stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
}

export function hasErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  await makePrivateFolder(path)
  const temporary = `${path}.${encodeBase64Url(drawBytes(9))}.tmp`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  return temporary
}

// Without it a power cut may take the name back although the text is on the disk.
async function syncFolder(path: string): Promise<void> {
  if (!HAS_FILE_MODES) return
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
