import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** Who was let in without a pairing, on the way out of mode `none`. */
export function guests({ text, wholeNumber, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('guests')
        .addColumn('key', text, (column) => column.primaryKey().notNull())
        .addColumn('device_id', text)
        .addColumn('remote_ip', text)
        .addColumn('display_name', text)
        .addColumn('platform', text)
        .addColumn('device_family', text)
        .addColumn('client_id', text)
        .addColumn('client_mode', text)
        .addColumn('first_at', wholeNumber, (column) => column.notNull())
        .addColumn('last_at', wholeNumber, (column) => column.notNull())
        .addColumn('connects', wholeNumber, (column) => column.notNull())
        .addColumn('roles', text, (column) => column.notNull())
        .addColumn('scopes', text, (column) => column.notNull())
        .addColumn('methods', text, (column) => column.notNull())
        .modifyEnd(tableEnd)
        .execute()
      await db.schema.createIndex('guests_by_time').on('guests').columns(['last_at']).execute()
    },
  }
}
