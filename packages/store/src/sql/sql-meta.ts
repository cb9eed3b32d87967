import type { StoreReader, StoreTransaction } from '@pairgate/core'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

export function readMeta(db: Kysely<Tables>): Pick<StoreReader, 'findMeta'> {
  return {
    async findMeta(name) {
      const row = await db.selectFrom('meta').select('value').where('name', '=', name).executeTakeFirst()
      return row?.value
    },
  }
}

export function writeMeta(db: Kysely<Tables>): Pick<StoreTransaction, 'saveMeta'> {
  return {
    async saveMeta(name, value) {
      await db
        .insertInto('meta')
        .values({ name, value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute()
    },
  }
}
