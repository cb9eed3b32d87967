import { type CreateTableBuilder, type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.
// Checked here is what can never become legal. Vocabularies that grow (why, approved_via, kind) are
// closed by the types instead, because an old check cannot be widened without rebuilding its table.

const ROLE = sql<boolean>`role in ('operator', 'node')`
const KEY_IS_32_BYTES = sql<boolean>`length(public_key) = 43`

export function firstTables(words: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createDevices(db, words)
      await createTokens(db, words)
      await createRequests(db, words)
      await createSessions(db, words)
      await createEvents(db, words)
      await createMeta(db, words)
      await createAppendLock(db, words)
    },
  }
}

async function createDevices(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('devices')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('public_key', text, (column) => column.notNull())
    .$call((table) => addMetadata(table, text))
    .addColumn('operator_label', text)
    .addColumn('roles', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('paired_at', wholeNumber, (column) => column.notNull())
    .addColumn('approved_at', wholeNumber, (column) => column.notNull())
    .addColumn('approved_by', text, (column) => column.notNull())
    .addColumn('approved_via', text, (column) => column.notNull())
    .addColumn('last_seen_at', wholeNumber)
    .addColumn('last_seen_ip', text)
    .addCheckConstraint('devices_id_is_sha256', sql`length(id) = 64`)
    .addCheckConstraint('devices_key_is_32_bytes', KEY_IS_32_BYTES)
    .modifyEnd(tableEnd)
    .execute()
}

function addMetadata<Table extends string, Column extends string>(
  table: CreateTableBuilder<Table, Column>,
  text: EngineWords['text'],
): CreateTableBuilder<Table, Column> {
  return table
    .addColumn('display_name', text)
    .addColumn('platform', text)
    .addColumn('device_family', text)
    .addColumn('client_id', text)
    .addColumn('client_mode', text)
}

async function createTokens(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('tokens')
    .addColumn('device_id', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('token_id', text, (column) => column.notNull().unique())
    .addColumn('token_hash', text, (column) => column.notNull().unique())
    .addColumn('key_id', text, (column) => column.notNull())
    .addColumn('presented_at', wholeNumber)
    .addColumn('delivered_at', wholeNumber)
    .addColumn('previous_token_id', text)
    // Unique, so that one secret can never lead to two tokens.
    .addColumn('previous_hash', text, (column) => column.unique())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('created_at', wholeNumber, (column) => column.notNull())
    .addColumn('rotated_at', wholeNumber)
    .addColumn('expires_at', wholeNumber)
    .addColumn('revoked_at', wholeNumber)
    .addColumn('revoked_by', text)
    .addColumn('last_used_at', wholeNumber)
    .addPrimaryKeyConstraint('tokens_by_device', ['device_id', 'role'])
    // Deferred: within one transaction a token may be saved before its device.
    .addForeignKeyConstraint('tokens_have_a_device', ['device_id'], 'devices', ['id'], (key) =>
      key.onDelete('cascade').deferrable().initiallyDeferred(),
    )
    .addCheckConstraint('tokens_role', ROLE)
    .addCheckConstraint('tokens_hash_is_sha256', sql`length(token_hash) = 64`)
    .addCheckConstraint('tokens_previous_is_sha256', sql`previous_hash is null or length(previous_hash) = 64`)
    .addCheckConstraint(
      'tokens_previous_is_another',
      sql`previous_hash is null or previous_hash <> token_hash`,
    )
    .addCheckConstraint('tokens_revoked_by_someone', sql`(revoked_at is null) = (revoked_by is null)`)
    .modifyEnd(tableEnd)
    .execute()
}

async function createRequests(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('pairing_requests')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('device_id', text, (column) => column.notNull())
    .addColumn('public_key', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('scopes', text, (column) => column.notNull())
    .addColumn('why', text, (column) => column.notNull())
    .$call((table) => addMetadata(table, text))
    .addColumn('remote_ip', text)
    .addColumn('digest', text, (column) => column.notNull())
    .addColumn('state', text, (column) => column.notNull())
    .addColumn('created_at', wholeNumber, (column) => column.notNull())
    .addColumn('refreshed_at', wholeNumber, (column) => column.notNull())
    .addColumn('expires_at', wholeNumber, (column) => column.notNull())
    .addColumn('decided_at', wholeNumber)
    .addColumn('decided_by', text)
    .addColumn('superseded_by', text)
    .addCheckConstraint('requests_device_is_sha256', sql`length(device_id) = 64`)
    .addCheckConstraint('requests_key_is_32_bytes', KEY_IS_32_BYTES)
    .addCheckConstraint('requests_role', ROLE)
    .addCheckConstraint('requests_state', sql`state in ('open', 'approved', 'rejected', 'superseded')`)
    .addCheckConstraint('requests_decided_or_open', sql`(state = 'open') = (decided_at is null)`)
    .addCheckConstraint('requests_decided_by_someone', sql`(decided_at is null) = (decided_by is null)`)
    .addCheckConstraint('requests_superseded_by', sql`superseded_by is null or state = 'superseded'`)
    .modifyEnd(tableEnd)
    .execute()
  await indexRequests(db)
}

async function indexRequests(db: Kysely<unknown>): Promise<void> {
  const index = (name: string, columns: readonly string[]) =>
    db.schema
      .createIndex(name)
      .on('pairing_requests')
      .columns([...columns])
      .execute()
  // No index by creation: every list also asks for the deadline, and what is left is sorted quickly.
  await index('requests_open_of_device', ['device_id', 'state', 'expires_at'])
  await index('requests_open_from_ip', ['remote_ip', 'state', 'expires_at'])
  await index('requests_by_deadline', ['state', 'expires_at'])
  await index('requests_by_decided', ['decided_at'])
}

async function createSessions(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('sessions')
    .addColumn('id', text, (column) => column.primaryKey().notNull())
    .addColumn('key', text, (column) => column.notNull().unique())
    .addColumn('label', text)
    .addColumn('created_at', wholeNumber, (column) => column.notNull())
    .addColumn('created_by', text, (column) => column.notNull())
    .addCheckConstraint('sessions_id_is_one_session', sql`id <> '*'`)
    .modifyEnd(tableEnd)
    .execute()
}

async function createEvents(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('events')
    .addColumn('seq', wholeNumber, (column) => column.primaryKey().notNull())
    .addColumn('at', wholeNumber, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('conn_id', text, (column) => column.notNull())
    .addColumn('remote_ip', text)
    .addColumn('kind', text, (column) => column.notNull())
    .addColumn('device_id', text)
    .addColumn('role', text)
    .addColumn('request_id', text)
    .addColumn('token_id', text)
    .addColumn('details', text, (column) => column.notNull())
    .addCheckConstraint('events_start_at_one', sql`seq >= 1`)
    .modifyEnd(tableEnd)
    .execute()
  await db.schema.createIndex('events_by_device').on('events').columns(['device_id', 'seq']).execute()
}

async function createMeta(db: Kysely<unknown>, { text, tableEnd }: EngineWords): Promise<void> {
  await db.schema
    .createTable('meta')
    .addColumn('name', text, (column) => column.primaryKey().notNull())
    .addColumn('value', text, (column) => column.notNull())
    .modifyEnd(tableEnd)
    .execute()
}

/** One row, which on PostgreSQL every transaction that writes locks first. SQLite has a lock of its own. */
async function createAppendLock(db: Kysely<unknown>, { wholeNumber, tableEnd }: EngineWords): Promise<void> {
  await db.schema
    .createTable('append_lock')
    .addColumn('id', wholeNumber, (column) => column.primaryKey().notNull())
    .addCheckConstraint('append_lock_is_one_row', sql`id = 1`)
    .modifyEnd(tableEnd)
    .execute()
  await sql`insert into append_lock (id) values (1)`.execute(db)
}
