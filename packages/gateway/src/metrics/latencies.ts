import { BUCKETS } from './metric-table.ts'

/** Durations of one kind, counted by bucket. */
export interface Latencies {
  observe(ms: number): void
  /** How many took at most the bucket's bound; the last one is all of them. */
  cumulative(): readonly number[]
  readonly count: number
  readonly sumSeconds: number
}

export function createLatencies(): Latencies {
  const counts = new Float64Array(BUCKETS.length + 1)
  let sumMs = 0
  let count = 0
  return {
    observe(ms) {
      const seconds = ms / 1_000
      let bucket = 0
      while (bucket < BUCKETS.length && seconds > (BUCKETS[bucket] ?? 0)) bucket += 1
      counts[bucket] = (counts[bucket] ?? 0) + 1
      count += 1
      sumMs += ms
    },
    cumulative() {
      let sum = 0
      return Array.from(counts, (each) => {
        sum += each
        return sum
      })
    },
    get count() {
      return count
    },
    get sumSeconds() {
      return sumMs / 1_000
    },
  }
}
