import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** Keys that have signed the gateway's origin along, and so are not believed without. */
export function signedOrigins({ wholeNumber }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('devices').addColumn('origin_signed_at', wholeNumber).execute()
    },
  }
}
