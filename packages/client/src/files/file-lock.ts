import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { encodeBase64Url } from '@pairgate/protocol'
import { drawBytes } from '../platform/random.ts'
import { systemNow } from '../platform/system-clock.ts'
import { pause } from '../timer.ts'
import { hasErrno, makePrivateFolder } from './private-file.ts'

/** What is done under the lock takes milliseconds: an older lock belongs to a process that died. */
const STALE_MS = 10_000
const RETRY_MS = 15

/**
 * Does `work` while no other process does its own under the same lock file. `work` is given a way to ask,
 * right before its last step, whether the lock is still its own.
 */
export async function withFileLock<T>(
  path: string,
  work: (isStillOurs: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const mark = encodeBase64Url(drawBytes(12))
  await makePrivateFolder(path)
  while (!(await take(path, mark))) await pause(RETRY_MS)
  const isStillOurs = async (): Promise<boolean> => (await readMark(path)) === mark
  try {
    return await work(isStillOurs)
  } finally {
    if (await isStillOurs()) await rm(path, { force: true })
  }
}

async function take(path: string, mark: string): Promise<boolean> {
  try {
    await writeFile(path, mark, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (!hasErrno(error, 'EEXIST')) throw error
    await removeStale(path, mark)
    return false
  }
}

/**
 * Moves a dead process's lock away, under a name of our own so that two who do this do not meet. The slower
 * of two may move the fresh lock of the faster one, which then finds that the lock is no longer its own.
 */
async function removeStale(path: string, mark: string): Promise<void> {
  const age = await ageOf(path)
  if (age === undefined || age < STALE_MS) return
  const aside = `${path}.${mark}`
  try {
    await rename(path, aside)
    await rm(aside, { force: true })
  } catch (error) {
    if (!hasErrno(error, 'ENOENT')) throw error
  }
}

async function ageOf(path: string): Promise<number | undefined> {
  try {
    // A lock from the future is as dead as an old one: the clock was set back since.
    return Math.abs(systemNow() - (await stat(path)).mtimeMs)
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

async function readMark(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
