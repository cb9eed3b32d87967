import type { Store, TokenUse, Traces } from '@pairgate/core'
import type { Kysely, Transaction } from 'kysely'
import { createTurns } from '../one-at-a-time.ts'
import { StoreUnavailable, type StoreUnavailableReason } from '../store-unavailable.ts'
import type { ListOf } from './engine-words.ts'
import { createHotQueries } from './hot-queries.ts'
import { runWork } from './run-work.ts'
import { deleteEndedAccessTokens } from './sql-access-tokens.ts'
import { deleteEndedTickets } from './sql-app-tickets.ts'
import { forgetFeed, mergeFeed, trimFeed } from './sql-feed.ts'
import { forgetGuest, saveGuests, trimGuests } from './sql-guests.ts'
import { deleteFinishedInvitations } from './sql-invitations.ts'
import { mergeCounters } from './sql-limits.ts'
import { createSqlReader } from './sql-reader.ts'
import { deleteFinishedRequests } from './sql-requests.ts'
import { noteTokenUses } from './sql-tokens.ts'
import { createSqlTransaction } from './sql-transaction.ts'
import type { Tables } from './tables.ts'

/** So many uses are written in one transaction: who revokes must not wait behind ten thousand of them. */
const USES_AT_ONCE = 200

/** What only the engine itself can do. */
export interface EngineWork {
  readonly listOf: ListOf
  /** See `Store.scrub`; runs outside of every transaction. */
  scrub(): Promise<Traces>
  /** Closes both ways. */
  close(): Promise<void>
}

/**
 * The port on two ways to one database: what `reading` sees never waits for what `writing` does. Every
 * transaction of `writing` begins with the append lock.
 */
export function createSqlStore(writing: Kysely<Tables>, reading: Kysely<Tables>, engine: EngineWork): Store {
  const turns = createTurns()
  const shareWait = createSharedWait()
  const hot = createHotQueries(reading)
  const { listOf } = engine
  const inTransaction = <T>(work: (trx: Transaction<Tables>) => Promise<T>) =>
    turns.take(shareWait(() => writing.transaction().execute(work)))

  return {
    read: createSqlReader(reading, hot, listOf),
    mutate: (work) => inTransaction((trx) => runWork(createSqlTransaction(trx, hot, listOf), work)),
    async noteTokenUse(uses) {
      for (const part of inParts(uses)) await inTransaction((trx) => noteTokenUses(trx, hot, part))
    },
    forgetRequests: (before, only) => inTransaction((trx) => deleteFinishedRequests(trx, before, only)),
    forgetAccessTokens: (before) =>
      inTransaction(async (trx) => {
        await deleteEndedAccessTokens(trx, before)
        await deleteEndedTickets(trx, before)
      }),
    forgetInvitations: (before) => inTransaction((trx) => deleteFinishedInvitations(trx, before)),
    mergeFeed: (rows) => inTransaction((trx) => mergeFeed(trx, rows)),
    trimFeed: (before, keep) => inTransaction((trx) => trimFeed(trx, before, keep)),
    forgetFeed: (only) => inTransaction((trx) => forgetFeed(trx, only)),
    saveGuests: (guests) => inTransaction((trx) => saveGuests(trx, guests)),
    trimGuests: (before, keep) => inTransaction((trx) => trimGuests(trx, before, keep)),
    forgetGuest: (only) => inTransaction((trx) => forgetGuest(trx, only)),
    scrub: () => turns.take(engine.scrub),
    mergeCounters: (counters, over) => inTransaction((trx) => mergeCounters(trx, counters, over)),
    close: () => turns.takeLast(engine.close),
  }
}

/** What is only found out by waiting for it. */
const FOUND_BY_WAITING: ReadonlySet<StoreUnavailableReason> = new Set([
  'locked',
  'slow',
  'unreachable',
  'crowded',
])

/**
 * Whoever stood behind a transaction that waited in vain has waited as long, and fails with it: one after the
 * other the last of a hundred would be told after minutes. Who comes later tries anew.
 */
function createSharedWait() {
  let vain = 0
  let told: StoreUnavailable | undefined
  return function shareWait<T>(work: () => Promise<T>): () => Promise<T> {
    const seen = vain
    return async () => {
      if (told && vain !== seen) throw told
      try {
        return await work()
      } catch (error) {
        if (error instanceof StoreUnavailable && FOUND_BY_WAITING.has(error.reason)) {
          vain += 1
          told = error
        }
        throw error
      }
    }
  }
}

function inParts(uses: readonly TokenUse[]): readonly (readonly TokenUse[])[] {
  const parts = Math.ceil(uses.length / USES_AT_ONCE)
  return Array.from({ length: parts }, (_, n) => uses.slice(n * USES_AT_ONCE, (n + 1) * USES_AT_ONCE))
}
