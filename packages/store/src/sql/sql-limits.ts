import type { StoredCounter, StoreReader } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import type { LimitRow, Tables } from './tables.ts'

export function readLimits(db: Kysely<Tables>): Pick<StoreReader, 'listCounters'> {
  return {
    async listCounters(limit) {
      const rows = await db
        .selectFrom('limits')
        .selectAll()
        .orderBy((eb) => eb.fn.coalesce('locked_until', 'window_start'), 'desc')
        .orderBy('key')
        .limit(limit)
        .execute()
      return rows.map(toCounter)
    },
  }
}

/** Counters that are over are deleted first, so that a new window does not meet the rest of an old one. */
export async function mergeCounters(
  db: Kysely<Tables>,
  counters: readonly StoredCounter[],
  { now, windowMs }: { readonly now: Instant; readonly windowMs: number },
): Promise<void> {
  await db.deleteFrom('limits').where('locked_until', '<=', now).execute()
  await db
    .deleteFrom('limits')
    .where('locked_until', 'is', null)
    .where('window_start', '<=', (now - windowMs) as Instant)
    .execute()
  for (const counter of counters) {
    await db
      .insertInto('limits')
      .values(fromCounter(counter))
      .onConflict((conflict) =>
        conflict.column('key').doUpdateSet({
          failures: mergedFailures,
          window_start: (eb) => later(eb, 'window_start'),
          locked_until: (eb) => later(eb, 'locked_until'),
        }),
      )
      .execute()
  }
}

type Merged = ExpressionBuilder<Tables & { readonly excluded: LimitRow }, 'limits' | 'excluded'>

/** The count of the later window; of one window the higher count. */
function mergedFailures(eb: Merged) {
  const ours = eb.ref('excluded.window_start')
  const theirs = eb.ref('limits.window_start')
  const higher = sql<boolean>`${eb.ref('excluded.failures')} > ${eb.ref('limits.failures')}`
  return eb
    .case()
    .when(sql<boolean>`${ours} > ${theirs} or (${ours} = ${theirs} and ${higher})`)
    .then(eb.ref('excluded.failures'))
    .else(eb.ref('limits.failures'))
    .end()
}

/** The later of two times, of which either may be missing. */
function later<Column extends 'window_start' | 'locked_until'>(eb: Merged, column: Column) {
  const ours = eb.ref(`excluded.${column}`)
  const theirs = eb.ref(`limits.${column}`)
  return eb.case().when(sql<boolean>`${theirs} is null or ${ours} > ${theirs}`).then(ours).else(theirs).end()
}

function toCounter({ key, failures, window_start, locked_until }: LimitRow): StoredCounter {
  return {
    key,
    failures,
    windowStart: window_start as Instant,
    lockedUntil: locked_until === null ? undefined : (locked_until as Instant),
  }
}

function fromCounter({ key, failures, windowStart, lockedUntil }: StoredCounter): LimitRow {
  return { key, failures, window_start: windowStart, locked_until: lockedUntil ?? null }
}
