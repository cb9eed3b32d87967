import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** What lets a browser into an app: tickets for one use, and cookies, which are access tokens of one route. */
export function appTickets({ text, wholeNumber, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('access_tokens').addColumn('route', text).execute()
      await db.schema
        .createTable('app_tickets')
        .addColumn('hash', text, (column) => column.primaryKey().notNull())
        .addColumn('state_hash', text, (column) => column.notNull())
        .addColumn('return_hash', text, (column) => column.notNull())
        .addColumn('route', text, (column) => column.notNull())
        .addColumn('device_id', text, (column) => column.notNull())
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('parent_id', text, (column) => column.notNull())
        .addColumn('session_id', text, (column) => column.notNull())
        .addColumn('scopes', text, (column) => column.notNull())
        .addColumn('created_at', wholeNumber, (column) => column.notNull())
        .addColumn('expires_at', wholeNumber, (column) => column.notNull())
        .addForeignKeyConstraint(
          'app_tickets_have_a_token',
          ['device_id', 'role'],
          'tokens',
          ['device_id', 'role'],
          (key) => key.onDelete('cascade'),
        )
        .addCheckConstraint('app_tickets_hash_is_sha256', sql`length(hash) = 64`)
        .modifyEnd(tableEnd)
        .execute()
      await db.schema
        .createIndex('app_tickets_by_parent')
        .on('app_tickets')
        .columns(['parent_id', 'expires_at'])
        .execute()
      // A removed device takes its rows along without a search.
      await db.schema
        .createIndex('app_tickets_by_device')
        .on('app_tickets')
        .columns(['device_id', 'role'])
        .execute()
    },
  }
}
