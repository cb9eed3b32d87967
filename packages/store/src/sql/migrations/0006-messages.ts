import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/**
 * The messages of each session, and what keeps sessions apart elsewhere: the session that an event is about,
 * and a way to the tokens of a session. Events that are there already say nothing of one.
 */
export function messages(words: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createMessages(db, words)
      await db.schema.alterTable('events').addColumn('session_id', words.text).execute()
      await db.schema.createIndex('tokens_by_session').on('tokens').columns(['session_id']).execute()
    },
  }
}

async function createMessages(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('messages')
    .addColumn('session_id', text, (column) => column.notNull())
    .addColumn('seq', wholeNumber, (column) => column.notNull())
    .addColumn('id', text, (column) => column.notNull().unique())
    .addColumn('at', wholeNumber, (column) => column.notNull())
    .addColumn('actor', text, (column) => column.notNull())
    .addColumn('role', text, (column) => column.notNull())
    .addColumn('text', text, (column) => column.notNull())
    .addColumn('idempotency_key', text, (column) => column.notNull())
    .addColumn('params_hash', text, (column) => column.notNull())
    .addPrimaryKeyConstraint('messages_by_place', ['session_id', 'seq'])
    // So that what was sent twice can never be there twice, whatever the code does.
    .addUniqueConstraint('messages_once', ['session_id', 'actor', 'idempotency_key'])
    .addForeignKeyConstraint('messages_have_a_session', ['session_id'], 'sessions', ['id'], (key) =>
      key.onDelete('cascade'),
    )
    .addCheckConstraint('messages_start_at_one', sql`seq >= 1`)
    .modifyEnd(tableEnd)
    .execute()
}
