import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** Short-lived children of tokens. By device and role, because a rotation gives the parent another id. */
export function accessTokens({ text, wholeNumber, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('access_tokens')
        .addColumn('hash', text, (column) => column.primaryKey().notNull())
        .addColumn('device_id', text, (column) => column.notNull())
        .addColumn('role', text, (column) => column.notNull())
        .addColumn('parent_id', text, (column) => column.notNull())
        .addColumn('session_id', text, (column) => column.notNull())
        .addColumn('scopes', text, (column) => column.notNull())
        .addColumn('audience', text)
        .addColumn('created_at', wholeNumber, (column) => column.notNull())
        .addColumn('expires_at', wholeNumber, (column) => column.notNull())
        .addForeignKeyConstraint(
          'access_tokens_have_a_token',
          ['device_id', 'role'],
          'tokens',
          ['device_id', 'role'],
          (key) => key.onDelete('cascade'),
        )
        .addCheckConstraint('access_tokens_hash_is_sha256', sql`length(hash) = 64`)
        .modifyEnd(tableEnd)
        .execute()
      // With the deadline, to count those of a parent that are left.
      await db.schema
        .createIndex('access_tokens_by_parent')
        .on('access_tokens')
        .columns(['parent_id', 'expires_at'])
        .execute()
      // A removed device takes its rows along without a search.
      await db.schema
        .createIndex('access_tokens_by_device')
        .on('access_tokens')
        .columns(['device_id', 'role'])
        .execute()
    },
  }
}
