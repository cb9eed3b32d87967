import type { Sample } from './exposition.ts'
import { createLatencies, type Latencies } from './latencies.ts'

/** Counts by a word of ours. */
export interface Tally {
  count(word: string): void
  samples(): readonly Sample[]
  all(): Iterable<readonly [string, number]>
}

export function createTally(): Tally {
  const counts = new Map<string, number>()
  return {
    count: (word) => void counts.set(word, (counts.get(word) ?? 0) + 1),
    all: () => counts,
    samples: () => [...counts].map(([word, value]) => ({ labels: [word], value })),
  }
}

/** Requests by method. Every method has its own row, so that an answered one costs one lookup. */
export interface RequestTally {
  observe(method: string, outcome: string, ms: number): void
  counts(): readonly Sample[]
  durations(): readonly Sample[]
  /** Of all methods together. */
  sums(): { readonly ok: number; readonly refused: Iterable<readonly [string, number]> }
}

interface MethodRow {
  ok: number
  readonly refused: Map<string, number>
  readonly latencies: Latencies
}

export function createRequestTally(): RequestTally {
  const rows = new Map<string, MethodRow>()
  function rowOf(method: string): MethodRow {
    const known = rows.get(method)
    if (known) return known
    const row: MethodRow = { ok: 0, refused: new Map(), latencies: createLatencies() }
    rows.set(method, row)
    return row
  }
  return {
    observe(method, outcome, ms) {
      const row = rowOf(method)
      row.latencies.observe(ms)
      if (outcome === 'ok') row.ok += 1
      else row.refused.set(outcome, (row.refused.get(outcome) ?? 0) + 1)
    },
    counts: () =>
      [...rows].flatMap(([method, { ok, refused }]) =>
        [...(ok > 0 ? [['ok', ok] as const] : []), ...refused].map(([outcome, value]) => ({
          labels: [method, outcome],
          value,
        })),
      ),
    sums: () => ({
      ok: [...rows.values()].reduce((total, { ok }) => total + ok, 0),
      refused: [...rows.values()].flatMap(({ refused }) => [...refused]),
    }),
    durations: () => [...rows].map(([method, { latencies }]) => ({ labels: [method], latencies })),
  }
}
