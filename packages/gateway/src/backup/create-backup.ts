import { type FileHandle, open, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { copySqliteDatabase, openSqliteCopy, StoreUnavailable } from '@pairgate/store'
import type { StatePaths } from '../config/state-dir.ts'
import { randomName } from '../platform/node-random.ts'
import { createSystemClock } from '../platform/system-clock.ts'
import { statOf } from '../state/file-modes.ts'
import { explainStore } from '../state/open-database.ts'
import { createEventSeal, keyIdOf } from '../state/secrets.ts'
import { StateError } from '../state/state-error.ts'
import { VERSION } from '../version.ts'
import { hashFile, putInPlace } from './backup-file.ts'
import { type BackupManifest, formatManifest } from './backup-manifest.ts'
import { type BackupPlace, embeddedPaths, timeInName } from './backup-place.ts'
import { type BackupKeys, type BackupVerdict, checkBackup, findBackupKeys } from './check-backup.ts'

export interface CreateBackupOptions extends BackupPlace {
  /** The file, or the directory that it goes into; the working directory if left out. */
  readonly out?: string | undefined
  /** Replace a file that is there. */
  readonly force?: boolean | undefined
}

export interface CreatedBackup {
  readonly file: string
  readonly manifest: BackupManifest
  readonly bytes: number
  /** What a check of the whole file found, before it got its name: it is sound, or its event log is not. */
  readonly verdict: BackupVerdict
}

/**
 * Copies the database of a state directory, whether a gateway runs on it or not, into one sealed file. Keys
 * are no part of it. The file gets its name when it is complete, checked and on the disk.
 */
export async function createBackup(options: CreateBackupOptions): Promise<CreatedBackup> {
  const paths = embeddedPaths(options)
  if (!(await statOf(paths.database))) {
    throw new StateError(
      `There is no database in ${paths.dir}. Start the gateway once, or name its directory with PAIRGATE_STATE_DIR.`,
    )
  }
  const keys = await findBackupKeys(paths, options.env)
  const madeAt = createSystemClock().now()
  const file = await chooseFile(paths, options, madeAt)
  const draft = `${file}.${randomName()}.tmp`
  try {
    const manifest = await writeDraft(draft, paths.database, { key: eventsKeyOf(keys, paths), madeAt })
    const verdict = await checkBackup(draft, keys)
    if (!verdict.ok && verdict.problem !== 'log') throw new StateError(`${verdict.what} ${verdict.advice}`)
    const { size: bytes } = await stat(draft)
    await putInPlace(draft, file, options.force ?? false)
    return { file, manifest, bytes, verdict }
  } catch (error) {
    throw explain(error, file)
  } finally {
    // The second is SQLite's own, when the disk was full.
    for (const left of [draft, `${draft}-journal`]) await rm(left, { force: true })
  }
}

async function chooseFile(
  paths: StatePaths,
  { out = '.', force = false }: CreateBackupOptions,
  madeAt: number,
): Promise<string> {
  const said = resolve(out)
  const isDirectory = (await stat(said).catch(() => undefined))?.isDirectory() ?? false
  const file = isDirectory ? join(said, `pairgate-backup-${timeInName(madeAt)}.db`) : said
  const found = await statOf(file)
  if (!found) return file
  if (!force) throw alreadyThere(file)
  for (const own of [paths.database, `${paths.database}-wal`, ...Object.values(paths)]) {
    const state = typeof own === 'string' ? await statOf(own) : undefined
    if (state?.ino === found.ino && state.dev === found.dev)
      throw new StateError(`${file} belongs to the state of the gateway itself. Choose another file.`)
  }
  return file
}

interface Making {
  readonly key: Uint8Array
  readonly madeAt: number
}

async function writeDraft(draft: string, database: string, { key, madeAt }: Making): Promise<BackupManifest> {
  await (await open(draft, 'wx', 0o600)).close()
  copySqliteDatabase(database, draft)
  const copy = await openSqliteCopy(draft)
  try {
    const { size } = await stat(draft)
    const { epoch, seq, mac } = await copy.read.eventHead()
    const manifest: BackupManifest = {
      madeAt,
      version: VERSION,
      schema: copy.schema,
      head: { epoch, seq, mac },
      size,
      sha256: await hashFile(draft, size),
      key: keyIdOf(key),
    }
    await appendDurably(draft, formatManifest(manifest, createEventSeal(key)))
    return manifest
  } finally {
    copy.close()
  }
}

async function appendDurably(path: string, text: string): Promise<void> {
  const file: FileHandle = await open(path, 'a')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function eventsKeyOf({ events }: BackupKeys, { eventsKey }: StatePaths): Uint8Array {
  if (events) return events
  throw new StateError(
    `There is no ${eventsKey}, so the backup could not be sealed. Set PAIRGATE_EVENTS_KEY to what the gateway has.`,
  )
}

function explain(error: unknown, file: string): unknown {
  if (error instanceof StoreUnavailable) {
    return error.reason === 'full' ? noRoom(file) : explainStore('Cannot make the copy', error)
  }
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error
  if (error.code === 'EEXIST') return alreadyThere(file)
  if (error.code === 'ENOSPC') return noRoom(file)
  return new StateError(`Cannot write ${file} (${error.code}). Choose another file.`, { cause: error })
}

function noRoom(file: string): StateError {
  return new StateError(`There is no room for ${file}. Make room on that disk, or choose another file.`)
}

function alreadyThere(file: string): StateError {
  return new StateError(`${file} is already there. Choose another file, or replace it with --force.`)
}
