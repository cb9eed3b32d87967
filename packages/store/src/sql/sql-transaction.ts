import type { StoreTransaction } from '@pairgate/core'
import type { Transaction } from 'kysely'
import type { ListOf } from './engine-words.ts'
import type { HotQueries } from './hot-queries.ts'
import { writeAccessTokens } from './sql-access-tokens.ts'
import { writeAppTickets } from './sql-app-tickets.ts'
import { writeDevices } from './sql-devices.ts'
import { writeErasures } from './sql-erasure.ts'
import { writeEvents } from './sql-events.ts'
import { writeInvitations } from './sql-invitations.ts'
import { writeMessages } from './sql-messages.ts'
import { writeMeta } from './sql-meta.ts'
import { writePruning } from './sql-pruning.ts'
import { createSqlReader } from './sql-reader.ts'
import { writeRequests } from './sql-requests.ts'
import { writeSessions } from './sql-sessions.ts'
import { writeTokens } from './sql-tokens.ts'
import type { Tables } from './tables.ts'

/** The reads and writes of the port inside a transaction that holds the append lock. */
export function createSqlTransaction(
  trx: Transaction<Tables>,
  hot: HotQueries,
  listOf: ListOf,
): StoreTransaction {
  return {
    ...createSqlReader(trx, hot, listOf),
    ...writeDevices(trx, hot),
    ...writeTokens(trx, hot),
    ...writeAccessTokens(trx),
    ...writeAppTickets(trx),
    ...writeRequests(trx),
    ...writeInvitations(trx),
    ...writeSessions(trx),
    ...writeEvents(trx, hot),
    ...writeErasures(trx, hot),
    ...writePruning(trx),
    ...writeMeta(trx),
    ...writeMessages(trx),
  }
}
