import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { EngineWords } from './engine-words.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { limits } from './migrations/0002-limits.ts'
import { eventChain } from './migrations/0003-event-chain.ts'
import { feed } from './migrations/0004-feed.ts'
import { removedDevices } from './migrations/0005-removed-devices.ts'
import { messages } from './migrations/0006-messages.ts'
import { invitations } from './migrations/0007-invitations.ts'
import { tokenLifetimes } from './migrations/0008-token-lifetimes.ts'
import { signedOrigins } from './migrations/0009-signed-origins.ts'
import { accessTokens } from './migrations/0010-access-tokens.ts'
import { appTickets } from './migrations/0011-app-tickets.ts'
import { devicePages } from './migrations/0013-device-pages.ts'
import { approvers } from './migrations/0014-approvers.ts'
import { guests } from './migrations/0015-guests.ts'
import type { Tables } from './tables.ts'

const MIGRATIONS = {
  '0001-first-tables': firstTables,
  '0002-limits': limits,
  '0003-event-chain': eventChain,
  '0004-feed': feed,
  '0005-removed-devices': removedDevices,
  '0006-messages': messages,
  '0007-invitations': invitations,
  '0008-token-lifetimes': tokenLifetimes,
  '0009-signed-origins': signedOrigins,
  '0010-access-tokens': accessTokens,
  '0011-app-tickets': appTickets,
  '0013-device-pages': devicePages,
  '0014-approvers': approvers,
  '0015-guests': guests,
} as const satisfies Readonly<Record<string, (words: EngineWords) => Migration>>

/** Every version of the tables that is known here, the latest last. */
export const SCHEMAS: readonly string[] = Object.keys(MIGRATIONS)

/**
 * Brings the tables up to date, each migration once. Given a transaction, all of it or nothing happens.
 * A database that a newer version has migrated is refused.
 */
export async function migrateToLatest(db: Kysely<Tables>, words: EngineWords): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: async () =>
        Object.fromEntries(Object.entries(MIGRATIONS).map(([name, migration]) => [name, migration(words)])),
    },
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
