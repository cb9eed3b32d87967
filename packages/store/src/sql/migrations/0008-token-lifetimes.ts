import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { EngineWords } from '../engine-words.ts'

// Shipped once, never edited: a later change is a later file.

/** For how long a token was given, and when an operator last gave it time; what ends soon is found by an index. */
export function tokenLifetimes({ wholeNumber }: EngineWords): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('tokens').addColumn('lifetime_ms', wholeNumber).execute()
      await db.schema.alterTable('tokens').addColumn('renewed_at', wholeNumber).execute()
      await db.schema.createIndex('tokens_by_end').on('tokens').columns(['expires_at']).execute()
    },
  }
}
