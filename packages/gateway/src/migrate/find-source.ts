import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Env } from '../config/state-dir.ts'
import { statOf } from '../state/file-modes.ts'
import { StateError } from '../state/state-error.ts'

/** Where OpenClaw keeps the devices that it let in: one database since 2026.9, files before. */
export interface SourcePaths {
  readonly dir: string
  readonly database: string | undefined
  readonly pairedFile: string | undefined
  readonly pendingFile: string
}

export interface SourceChoice {
  readonly env: Env
  readonly home: string
  /** What `--from` says. */
  readonly from?: string | undefined
}

/**
 * The directory that was named, else what `OPENCLAW_STATE_DIR` names if OpenClaw's state is there (it may
 * name ours), else `~/.openclaw`.
 */
export async function findSource({ env, home, from }: SourceChoice): Promise<SourcePaths> {
  if (from !== undefined) return pathsOrNothing(inHome(from, home), `--from ${from}`)
  const said = env['OPENCLAW_STATE_DIR']
  const found = said ? await pathsIn(inHome(said, home)) : undefined
  return found ?? pathsOrNothing(join(home, '.openclaw'), 'the usual place')
}

function inHome(path: string, home: string): string {
  return resolve(path.replace(/^~(?=$|\/)/, home))
}

async function pathsOrNothing(dir: string, why: string): Promise<SourcePaths> {
  const found = await pathsIn(dir)
  if (found) return found
  throw new StateError(
    `There are no devices of OpenClaw in ${dir} (${why}): neither state/openclaw.sqlite nor devices/paired.json.\n` +
      'Name its state directory: openclaw migrate --from <directory>',
  )
}

async function pathsIn(dir: string): Promise<SourcePaths | undefined> {
  const database = join(dir, 'state', 'openclaw.sqlite')
  const pairedFile = join(dir, 'devices', 'paired.json')
  const [hasDatabase, hasFile] = await Promise.all([statOf(database), statOf(pairedFile)])
  if (!hasDatabase && !hasFile) return undefined
  const pendingFile = join(dir, 'devices', 'pending.json')
  for (const path of [database, `${database}-wal`, `${database}-journal`, pairedFile, pendingFile])
    await refuseOdd(path)
  return {
    dir,
    database: hasDatabase && database,
    pairedFile: hasFile && pairedFile,
    pendingFile,
  }
}

/** Of a pipe or a device nobody can tell when it ends, and whoever made the directory may have put one there. */
async function refuseOdd(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found && !found.isFile())
    throw new StateError(
      `${path} is no file. Nothing was changed.\nName another state directory: openclaw migrate --from <directory>`,
    )
}
