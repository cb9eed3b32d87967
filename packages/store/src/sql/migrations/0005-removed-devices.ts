import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** Devices whose removal was pruned from the log: none of them may come back as if it were new. */
export function removedDevices({ text, tableEnd }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('removed_devices')
        .addColumn('device_id', text, (column) => column.primaryKey().notNull())
        .modifyEnd(tableEnd)
        .execute()
    },
  }
}
