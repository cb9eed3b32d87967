import type { Store } from '@pairgate/core'
import { sql } from 'kysely'
import type { ClientBase } from 'pg'
import type { EngineWords, ListOf } from '../sql/engine-words.ts'
import { migrateToLatest } from '../sql/migrate.ts'
import { createSqlStore } from '../sql/sql-store.ts'
import { StoreUnavailable } from '../store-unavailable.ts'
import { whileConnected } from './postgres-failure.ts'
import { createReadingKysely, createWritingKysely } from './postgres-kysely.ts'
import { checkAddress, openConnections, type PoolSettings } from './postgres-pool.ts'

export interface PostgresOptions {
  readonly url: string
  readonly alone?: boolean
}

const POSTGRES_WORDS: EngineWords = {
  text: sql`text collate "C"`,
  wholeNumber: 'bigint',
  tableEnd: sql``,
}
export const listOf: ListOf = (values) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(values)}::jsonb))`

const STATEMENT_MS = 10_000
/** As long as SQLite waits for another process. */
const LOCK_MS = 5_000
const READERS = 10

/** A migration may have to rewrite a large table, and a second start waits for that of the first. */
const MIGRATION_MS = 600_000

// Any number that nobody else in this database takes for a lock of theirs.
const MIGRATION_LOCK = '6013470125188212813'
const ALONE_LOCK = '1885431143'
/** The second number tells apart several gateways that have a schema each. */
const TAKE_FOR_ONESELF = `select pg_advisory_lock(${ALONE_LOCK}, current_schema()::regnamespace::oid::int4)`

/**
 * Read committed, so that what is read after the lock is what was committed before it. The lock is held
 * to the end: without it a number of the event log could be given before, and committed after, the next.
 */
const BEGIN_WITH_APPEND_LOCK =
  'begin isolation level read committed; select id from append_lock where id = 1 for update'
/** Kysely's own lock comes too late, when it has made its tables already, and goes before the commit. */
const BEGIN_WITH_MIGRATION_LOCK = `begin isolation level read committed;
  set local lock_timeout = ${MIGRATION_MS};
  select pg_advisory_xact_lock(${MIGRATION_LOCK})`

/** Opens a database, brings its tables up to date, and keeps core's `Store` port on it. */
export async function openPostgres({ url, alone = false }: PostgresOptions): Promise<Store> {
  checkAddress(url)
  // Before the tables are touched: another gateway may still be working with them.
  const greeting = alone ? { greet: takeForOneself } : {}
  await migrate({ url, connections: 1, statementMs: MIGRATION_MS, lockMs: LOCK_MS, ...greeting })
  const settings = { url, statementMs: STATEMENT_MS, lockMs: LOCK_MS }
  // One connection writes, so that no number of readers can keep a revocation waiting.
  const writer = openConnections({ ...settings, connections: 1, keeps: true, ...greeting })
  const readers = openConnections({ ...settings, connections: READERS })
  const closeBoth = async () => {
    await Promise.all([readers.end(), writer.end()])
  }
  try {
    const client = await writer.take()
    client.release()
  } catch (error) {
    await closeBoth()
    throw error
  }
  return createSqlStore(
    createWritingKysely(writer, BEGIN_WITH_APPEND_LOCK),
    createReadingKysely(readers),
    // Old versions of rows go when the server vacuums, and from its write-ahead log later still.
    { listOf, scrub: async () => 'server', close: closeBoth },
  )
}

async function migrate(settings: PoolSettings): Promise<void> {
  const connections = openConnections(settings)
  try {
    const db = createWritingKysely(connections, BEGIN_WITH_MIGRATION_LOCK)
    await db.transaction().execute((trx) => migrateToLatest(trx, POSTGRES_WORDS))
  } finally {
    await connections.end()
  }
}

/** Held as long as the connection lives; waits a little for one of our own that the server still holds. */
async function takeForOneself(client: ClientBase): Promise<void> {
  try {
    await whileConnected(() => client.query(TAKE_FOR_ONESELF))
  } catch (error) {
    const isTaken = error instanceof StoreUnavailable && error.reason === 'locked'
    throw isTaken ? new StoreUnavailable('in-use', undefined) : error
  }
}
