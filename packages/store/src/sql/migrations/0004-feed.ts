import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** What strangers cause, added up by peer and span of time. */
export function feed({ text, wholeNumber, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('feed')
        .addColumn('span', wholeNumber, (column) => column.notNull())
        .addColumn('kind', text, (column) => column.notNull())
        .addColumn('reason', text, (column) => column.notNull())
        .addColumn('prefix', text, (column) => column.notNull())
        .addColumn('device_id', text)
        .addColumn('count', wholeNumber, (column) => column.notNull())
        .addColumn('first_at', wholeNumber, (column) => column.notNull())
        .addColumn('last_at', wholeNumber, (column) => column.notNull())
        .addPrimaryKeyConstraint('feed_by_peer', ['span', 'kind', 'reason', 'prefix'])
        .addCheckConstraint('feed_counts_something', sql`count >= 1`)
        .modifyEnd(tableEnd)
        .execute()
      await db.schema.createIndex('feed_by_time').on('feed').columns(['last_at']).execute()
      await db.schema.createIndex('feed_by_device').on('feed').columns(['device_id']).execute()
    },
  }
}
