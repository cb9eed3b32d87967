import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { EventHead, StoreReader } from '@pairgate/core'
import type { Kysely } from 'kysely'
import { createHotQueries } from '../sql/hot-queries.ts'
import { migrateToLatest, SCHEMAS } from '../sql/migrate.ts'
import { createSqlReader } from '../sql/sql-reader.ts'
import type { Tables } from '../sql/tables.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { withNamedFailures } from './sqlite-failure.ts'
import { createReadingKysely, createWritingKysely } from './sqlite-kysely.ts'
import { SQLITE_LIST, SQLITE_WORDS } from './sqlite-store.ts'

/** A database that stands still, such as a backup. Nothing is written to it, nor beside it. */
export interface SqliteCopy {
  /** The last migration that it has seen. */
  readonly schema: string
  readonly read: StoreReader
  counts(now: number): CopyCounts
  close(): void
}

export interface CopyCounts {
  readonly devices: number
  /** Tokens that were not revoked. */
  readonly tokens: number
  /** Requests that are open at that time. */
  readonly requests: number
}

/** How long a copy waits while a gateway that starts or stops has locked all of its database. */
const COPY_PATIENCE_MS = 5_000
/** How long to wait for somebody who reads while no gateway runs. */
const FOLD_PATIENCE_MS = 500

/**
 * Copies a database that others may be writing to, as it was at one moment, into `to`: an empty file, or
 * none. One statement and so one read transaction. SQLite's backup in steps begins anew with each commit
 * of another process, and so never ends beside a busy gateway.
 */
export function copySqliteDatabase(from: string, to: string): void {
  const source = withNamedFailures(
    () => new DatabaseSync(from, { readOnly: true, timeout: COPY_PATIENCE_MS }),
  )
  try {
    withNamedFailures(() => source.prepare('vacuum into ?').run(to))
  } finally {
    source.close()
  }
}

/**
 * Opens a copy after SQLite has looked through all of it. One that an older version has made is brought up
 * to date elsewhere. Throws `StoreUnavailable`: `corrupt`, `newer`, or that it cannot be read.
 */
export async function openSqliteCopy(path: string): Promise<SqliteCopy> {
  const schema = judgeCopy(path)
  if (schema === SCHEMAS.at(-1)) return copyOn(path, schema, () => undefined)
  const scratch = mkdtempSync(join(tmpdir(), 'pairgate-copy-'))
  const clear = () => rmSync(scratch, { recursive: true, force: true })
  try {
    const migrated = join(scratch, 'copy.db')
    copyFileSync(path, migrated)
    // An archive may be read-only, and its copy has that from it.
    chmodSync(migrated, 0o600)
    await migrateCopy(migrated)
    return copyOn(migrated, schema, clear)
  } catch (error) {
    clear()
    throw error
  }
}

/**
 * Where the event log of a database ends that nobody writes to, with what lies in its write-ahead log. Throws
 * for one that is damaged, or so old that its log has no end of this kind.
 */
export async function readSqliteHead(path: string): Promise<EventHead> {
  const database = withNamedFailures(
    () => new DatabaseSync(path, { readOnly: true, timeout: FOLD_PATIENCE_MS }),
  )
  try {
    const db: Kysely<Tables> = createReadingKysely(database)
    return await createSqlReader(db, createHotQueries(db), SQLITE_LIST).eventHead()
  } finally {
    database.close()
  }
}

/**
 * Brings home what lies in the write-ahead log of a database that nobody writes to, so that the database is
 * one file. Answers whether that was possible: of a damaged one it is not. Throws while somebody reads it.
 */
export function foldWriteAheadLog(path: string): boolean {
  const log = `${path}-wal`
  if (!existsSync(log) || statSync(log).size === 0) return true
  try {
    const database = withNamedFailures(() => new DatabaseSync(path, { timeout: FOLD_PATIENCE_MS }))
    try {
      const result = withNamedFailures(() => database.prepare('pragma wal_checkpoint(truncate)').get())
      if (result?.['busy'] !== 0) throw new StoreUnavailable('locked', undefined)
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof StoreUnavailable && error.reason === 'corrupt') return false
    throw error
  }
  return !existsSync(log) || statSync(log).size === 0
}

function copyOn(path: string, schema: string, clear: () => void): SqliteCopy {
  const database = openStill(path)
  const db: Kysely<Tables> = createReadingKysely(database)
  const count = (from: string, ...values: readonly number[]) =>
    Number(database.prepare(`select count(*) as n from ${from}`).get(...values)?.['n'])
  return {
    schema,
    read: createSqlReader(db, createHotQueries(db), SQLITE_LIST),
    counts: (now) => ({
      devices: count('devices'),
      tokens: count('tokens where revoked_at is null'),
      requests: count("pairing_requests where state = 'open' and expires_at > ?", now),
    }),
    close() {
      database.close()
      clear()
    },
  }
}

/** SQLite takes the promise that nobody writes at its word, and so leaves no files of its own beside it. */
function openStill(path: string): DatabaseSync {
  const still = new URL(`${pathToFileURL(path).href}?immutable=1`)
  const database = withNamedFailures(() => new DatabaseSync(still, { readOnly: true }))
  // It may have come from anywhere.
  database.exec('pragma trusted_schema = off')
  return database
}

/** @returns the last migration that the copy has seen. */
function judgeCopy(path: string): string {
  const database = openStill(path)
  try {
    const found = withNamedFailures(() => database.prepare('pragma integrity_check(1)').get())
    const finding = found?.['integrity_check']
    if (finding !== 'ok') throw new StoreUnavailable('corrupt', new Error(String(finding)))
    refuseHiddenWork(database)
    const seen = schemasOf(database)
    const unknown = seen.find((name) => !SCHEMAS.includes(name))
    if (unknown !== undefined) throw new StoreUnavailable('newer', new Error(unknown))
    const last = seen.at(-1)
    if (last === undefined) throw new StoreUnavailable('corrupt', new Error('it has no tables of Pairgate'))
    return last
  } finally {
    database.close()
  }
}

/** No version of ours has made any of these, and they would run when the copy is written to. */
function refuseHiddenWork(database: DatabaseSync): void {
  const found = database.prepare("select name from sqlite_schema where type in ('trigger', 'view')").get()
  if (found) throw new StoreUnavailable('corrupt', new Error('it holds a trigger or a view'))
}

/** The migrations that a database has seen, in their order. */
export function schemasOf(database: DatabaseSync): readonly string[] {
  const isThere = database
    .prepare("select 1 from sqlite_schema where type = 'table' and name = 'kysely_migration'")
    .get()
  if (!isThere) return []
  const rows = database.prepare('select name from kysely_migration order by name').all()
  return rows.map((row) => String(row['name']))
}

async function migrateCopy(path: string): Promise<void> {
  const database = withNamedFailures(() => new DatabaseSync(path, { enableForeignKeyConstraints: true }))
  try {
    database.exec('pragma trusted_schema = off')
    const writing = createWritingKysely(database, 0)
    await writing.transaction().execute((trx) => migrateToLatest(trx, SQLITE_WORDS))
  } finally {
    database.close()
  }
}
