import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncDirectory } from '../platform/sync-directory.ts'
import { StateError } from '../state/state-error.ts'
import { LONGEST_MANIFEST } from './backup-manifest.ts'

/** The first bytes of every database of SQLite. */
const SQLITE_START = 'SQLite format 3\0'
/** What file systems say that have no hard links, as on many external disks and network shares. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

export interface FileFacts {
  readonly size: number
  readonly looksLikeDatabase: boolean
  /** The last bytes, a letter each: what is no ASCII can stand in no manifest. */
  readonly end: string
}

export async function readFileFacts(path: string): Promise<FileFacts> {
  const file = await openForReading(path)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new StateError(`${path} is no file.`)
    const { size } = found
    const start = await readAt(file, 0, SQLITE_START.length)
    const endsAt = Math.max(0, size - LONGEST_MANIFEST)
    return {
      size,
      looksLikeDatabase: start === SQLITE_START,
      end: await readAt(file, endsAt, size - endsAt),
    }
  } finally {
    await file.close()
  }
}

/** SHA-256 of the first `size` bytes. */
export async function hashFile(path: string, size: number): Promise<string> {
  const hash = createHash('sha256')
  if (size === 0) return hash.digest('hex')
  for await (const part of createReadStream(path, { end: size - 1 })) hash.update(part)
  return hash.digest('hex')
}

/** The whole file appears at its place at once; one that is there is replaced only if `replace` says so. */
export async function putInPlace(draft: string, path: string, replace: boolean): Promise<void> {
  if (replace || !(await linkAnew(draft, path))) await rename(draft, path)
  syncDirectory(dirname(path))
}

/** Fails if there is a file. Answers false where files cannot have two names, and then the name is taken. */
async function linkAnew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    await rm(draft)
    return true
  } catch (error) {
    if (!NO_LINKS.has(String((error as NodeJS.ErrnoException).code))) throw error
    await (await open(path, 'wx', 0o600)).close()
    return false
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new StateError(`There is no file ${path}.`)
    throw new StateError(`Cannot read ${path} (${code}). Give this user access to it.`, { cause: error })
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.toString('latin1', 0, bytesRead)
}
