import type { Store, TokenUse, Traces } from '@pairgate/core'
import type { Kysely, Transaction } from 'kysely'
import { createTurns } from '../one-at-a-time.ts'
import { createHotQueries } from './hot-queries.ts'
import { runWork } from './run-work.ts'
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
  const hot = createHotQueries(reading)
  const inTransaction = <T>(work: (trx: Transaction<Tables>) => Promise<T>) =>
    turns.take(() => writing.transaction().execute(work))

  return {
    read: createSqlReader(reading, hot),
    mutate: (work) => inTransaction((trx) => runWork(createSqlTransaction(trx, hot), work)),
    async noteTokenUse(uses) {
      for (const part of inParts(uses)) await inTransaction((trx) => noteTokenUses(trx, hot, part))
    },
    forgetRequests: (before, only) => inTransaction((trx) => deleteFinishedRequests(trx, before, only)),
    scrub: () => turns.take(engine.scrub),
    mergeCounters: (counters, over) => inTransaction((trx) => mergeCounters(trx, counters, over)),
    close: () => turns.takeLast(engine.close),
  }
}

function inParts(uses: readonly TokenUse[]): readonly (readonly TokenUse[])[] {
  const parts = Math.ceil(uses.length / USES_AT_ONCE)
  return Array.from({ length: parts }, (_, n) => uses.slice(n * USES_AT_ONCE, (n + 1) * USES_AT_ONCE))
}
