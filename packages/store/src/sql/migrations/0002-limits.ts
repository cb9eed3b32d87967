import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

export function limits(words: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await createLimits(db, words)
      await addPrefix(db, words)
    },
  }
}

async function createLimits(
  db: Kysely<unknown>,
  { text, wholeNumber, tableEnd }: EngineWords,
): Promise<void> {
  await db.schema
    .createTable('limits')
    .addColumn('key', text, (column) => column.primaryKey().notNull())
    .addColumn('failures', wholeNumber, (column) => column.notNull())
    .addColumn('window_start', wholeNumber, (column) => column.notNull())
    .addColumn('locked_until', wholeNumber)
    .addCheckConstraint('limits_count_something', sql`failures >= 1`)
    .modifyEnd(tableEnd)
    .execute()
}

/** Requests from before have no prefix: they count for no peer in the few minutes that they have left. */
async function addPrefix(db: Kysely<unknown>, { text }: EngineWords): Promise<void> {
  await db.schema
    .alterTable('pairing_requests')
    .addColumn('prefix', text, (column) => column.notNull().defaultTo(''))
    .execute()
  // Peers were counted by address until now.
  await db.schema.dropIndex('requests_open_from_ip').execute()
  await db.schema
    .createIndex('requests_open_from_peer')
    .on('pairing_requests')
    .columns(['prefix', 'state', 'expires_at'])
    .execute()
}
