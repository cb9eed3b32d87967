import type { StoreReader } from '@pairgate/core'
import type { Kysely } from 'kysely'
import type { ListOf } from './engine-words.ts'
import type { HotQueries } from './hot-queries.ts'
import { readAccessTokens } from './sql-access-tokens.ts'
import { readAppTickets } from './sql-app-tickets.ts'
import { readDevicePages } from './sql-device-page.ts'
import { readDevices } from './sql-devices.ts'
import { readErasable } from './sql-erasure.ts'
import { readEvents } from './sql-events.ts'
import { readFeed } from './sql-feed.ts'
import { readGuests } from './sql-guests.ts'
import { readInvitations } from './sql-invitations.ts'
import { readLimits } from './sql-limits.ts'
import { readMessages } from './sql-messages.ts'
import { readMeta } from './sql-meta.ts'
import { readPruning } from './sql-pruning.ts'
import { readRequests } from './sql-requests.ts'
import { readSessions } from './sql-sessions.ts'
import { readTokens } from './sql-tokens.ts'
import type { Tables } from './tables.ts'

/** The reads of the port, on a connection or inside a transaction. */
export function createSqlReader(db: Kysely<Tables>, hot: HotQueries, listOf: ListOf): StoreReader {
  return {
    ...readDevices(db, hot),
    ...readDevicePages(db, listOf),
    ...readTokens(db, hot, listOf),
    ...readAccessTokens(db, hot),
    ...readAppTickets(db),
    ...readRequests(db),
    ...readInvitations(db),
    ...readSessions(db, hot, listOf),
    ...readEvents(db, hot),
    ...readErasable(db),
    ...readPruning(db),
    ...readMeta(db),
    ...readLimits(db),
    ...readFeed(db),
    ...readGuests(db),
    ...readMessages(db),
  }
}
