import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { syncDirectory } from '../../platform/sync-directory.ts'
import { ConfigError } from '../config-error.ts'
import { type ConfigProblem, readConfigText } from '../config-file.ts'
import type { ConfigInput } from '../read-config.ts'
import { type ConfigEdit, editConfigText } from './edit-config-text.ts'
import { findConfigProblems } from './find-problems.ts'

/** How long another command may take with the same file. */
const PATIENCE_MS = 10_000

/** What is wrong with the file after a change, from before it. */
export interface ChangedConfig {
  readonly stillWrong: readonly ConfigProblem[]
}

/** Makes the changes out of what the file says, while nobody else can change it. */
export type PlanEdits = (text: string | undefined) => readonly ConfigEdit[]

/**
 * Changes the config file, or throws `ConfigError` and leaves it as it is. A file that was right stays right;
 * in one that was wrong already, no change may be wrong itself.
 */
export function changeConfigFile(input: ConfigInput, plan: PlanEdits): ChangedConfig {
  const file = targetOf(input.file)
  return whileLocked(file, () => {
    const before = readConfigText(file)
    const edits = plan(before)
    const after = editConfigText(before, edits, file)
    const problems = findConfigProblems({ ...input, file }, after)
    const keys = new Set<string | undefined>(edits.map(({ key }) => key))
    const wasRight = findConfigProblems({ ...input, file }, before).length === 0
    const [refused] = problems.filter(({ path }) => wasRight || keys.has(path))
    if (refused) throw new ConfigError(`Config validation failed: ${refused.message}`)
    replaceFile(file, after)
    return { stillWrong: problems }
  })
}

/** Where the file really is: a link to it stays a link. */
function targetOf(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    return file
  }
}

/** An open transaction beside the file: the system gives it back however this process ends. */
function whileLocked<T>(file: string, work: () => T): T {
  const lock = `${file}.lock`
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    createLock(lock, file)
    database = new DatabaseSync(lock, { timeout: PATIENCE_MS })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    const why = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`Cannot lock ${file} for a change: ${why}. Nothing was changed.`, { cause: error })
  }
  try {
    return work()
  } finally {
    database.close()
  }
}

function createLock(lock: string, file: string): void {
  try {
    const handle = openSync(lock, 'wx', 0o600)
    giveToOwner(handle, file)
    closeSync(handle)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** The whole file is replaced at once, and it is on the disk before it takes its place. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.tmp`
  try {
    rmSync(draft, { force: true })
    const handle = openSync(draft, 'wx', 0o600)
    try {
      giveToOwner(handle, file)
      letGroupAsBefore(handle, file)
      writeFileSync(handle, text)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError(`Cannot write ${file} (${code}). Nothing was changed.`, { cause: error })
  }
  syncDirectory(dirname(file))
}

/** Root may change the file, but the gateway's own user has to read it afterwards. Only of a file just made. */
function giveToOwner(handle: number, file: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(file, { throwIfNoEntry: false }) ?? statSync(dirname(file))
  fchownSync(handle, uid, gid)
}

/** Outside of the state directory the gateway's user may read its settings as one of a group. */
function letGroupAsBefore(handle: number, file: string): void {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found) fchmodSync(handle, 0o600 | (found.mode & 0o060))
}
