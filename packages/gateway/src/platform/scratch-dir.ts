import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The process that a directory is for stands in its name. */
const NAME = /^pairgate-scratch-(\d+)-/
/** Nobody needs one for so long; the number of a process may by then be that of another. */
const LONGEST_USE_MS = 3_600_000

/**
 * Does `work` in a directory that only this user may enter and that is gone afterwards. What is copied into it
 * may be secret, so directories of processes that were killed over such work go first.
 */
export async function withScratchDir<T>(work: (dir: string) => Promise<T> | T): Promise<T> {
  for (const left of await findLeftScratchDirs(Date.now())) await rm(left, { recursive: true, force: true })
  const dir = await mkdtemp(join(tmpdir(), `pairgate-scratch-${process.pid}-`))
  try {
    return await work(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** What processes of this user have left that were killed. */
export async function findLeftScratchDirs(nowMs: number): Promise<readonly string[]> {
  const names = await readdir(tmpdir()).catch((): string[] => [])
  const left: string[] = []
  for (const name of names.filter((each) => NAME.test(each))) {
    const path = join(tmpdir(), name)
    const found = await lstat(path).catch(() => undefined)
    const isOurs = found?.isDirectory() === true && found.uid === (process.getuid?.() ?? found.uid)
    if (isOurs && (nowMs - found.mtimeMs > LONGEST_USE_MS || !isAlive(Number(NAME.exec(name)?.[1]))))
      left.push(path)
  }
  return left
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
