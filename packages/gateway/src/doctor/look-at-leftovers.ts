import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { StatePaths } from '../config/state-dir.ts'
import { findLeftScratchDirs } from '../platform/scratch-dir.ts'
import { type Finding, orFine } from './finding.ts'

/** What our own writers call a file until it is complete. */
const DRAFT = /\.tmp$/
/** A lock of tokens or settings that was moved aside, or not taken away. */
const TOKENS_LOCK = /^tokens\.json\.lock/
/** Whoever works on one of them is done long before. */
const OLD_MS = 60_000

export interface LeftoversOptions {
  readonly nowMs: number
  /** Somebody may be at work with them. */
  readonly isRunning: boolean
}

/** Files and directories that a process which was killed could not take away. None of them is ever read again. */
export async function lookAtLeftovers(
  paths: StatePaths,
  { nowMs, isRunning }: LeftoversOptions,
): Promise<readonly Finding[]> {
  const identity = dirname(paths.deviceKey)
  const found = [
    ...(isRunning ? [] : await listed(paths.dir, DRAFT)),
    ...(isRunning ? [] : await listed(paths.secretsDir, DRAFT)),
    ...(await listed(identity, DRAFT)),
    ...(await listed(identity, TOKENS_LOCK)),
  ]
  const old = await Promise.all(found.map(async (path) => ((await isOld(path, nowMs)) ? [path] : [])))
  const scratch = await findLeftScratchDirs(nowMs)
  const socket = isRunning ? [] : await deadSocket(paths.ownerSocket)
  return orFine('leftovers', 'None.', [...old.flat(), ...scratch, ...socket].map(leftover))
}

function leftover(path: string): Finding {
  return {
    check: 'leftovers',
    level: 'note',
    what: `${path} was left by a process that was killed.`,
    advice: 'openclaw doctor --fix',
    repair: { did: `Removed ${path}.`, run: () => rm(path, { recursive: true, force: true }) },
  }
}

async function listed(dir: string, pattern: RegExp): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => pattern.test(basename(name))).map((name) => join(dir, name))
  } catch {
    // No such directory, or not for this user: there is nothing to take away then.
    return []
  }
}

async function isOld(path: string, nowMs: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined)
  return found?.isFile() === true && Math.abs(nowMs - found.mtimeMs) > OLD_MS
}

async function deadSocket(path: string): Promise<readonly string[]> {
  return (await lstat(path).catch(() => undefined))?.isSocket() ? [path] : []
}
