import type { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import type { EngineWords } from './engine-words.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { limits } from './migrations/0002-limits.ts'
import { eventChain } from './migrations/0003-event-chain.ts'
import type { Tables } from './tables.ts'

/**
 * Brings the tables up to date, each migration once. Given a transaction, all of it or nothing happens.
 * A database that a newer version has migrated is refused.
 */
export async function migrateToLatest(db: Kysely<Tables>, words: EngineWords): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () => ({
        '0001-first-tables': firstTables(words),
        '0002-limits': limits(words),
        '0003-event-chain': eventChain(words),
      }),
    },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
