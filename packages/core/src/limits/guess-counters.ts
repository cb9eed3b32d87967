import type { Instant } from '@pairgate/protocol'
import { type AttemptRule, type Attempts, isForgotten, restoreAttempts } from '../domain/attempt-limit.ts'
import type { StoredCounter } from '../ports/store.ts'

/** Counters by key, as many as fit, and which of them have changed. */
export interface GuessCounters {
  /** The key under which a peer is counted: its own while there is room, with `ahead` new ones to come first. */
  seat(key: string, ahead: number, now: Instant): string
  get(key: string): Attempts | undefined
  set(key: string, attempts: Attempts | undefined): void
  /** Forgets what is over. Answers what has changed since the last call, and how many were forgotten. */
  takeChanges(now: Instant): { readonly changed: readonly StoredCounter[]; readonly forgotten: number }
  /** Gives changes back that could not be written. */
  putBack(changed: readonly StoredCounter[]): void
  restore(stored: readonly StoredCounter[], now: Instant): void
  /** Peers that are remembered one by one. */
  readonly size: number
}

export interface GuessCountersDeps {
  readonly ruleOf: (key: string) => AttemptRule
  /** Peers that are remembered one by one. */
  readonly limit: number
}

/** Peers beyond those share one counter: nobody who still counts is forgotten to make room. */
export const OTHERS = 'others'
export const EVERYBODY = 'everybody'

export function createGuessCounters({ ruleOf, limit }: GuessCountersDeps): GuessCounters {
  // In the order of last use. The two shared ones are never among them, so they are never crowded out.
  const peers = new Map<string, Attempts>()
  const shared = new Map<string, Attempts>()
  const changed = new Set<string>()
  const homeOf = (key: string) => (key === OTHERS || key === EVERYBODY ? shared : peers)

  return {
    seat(key, ahead, now) {
      if (peers.has(key) || peers.size + ahead < limit) return key
      const [oldest] = peers
      if (!oldest || !isForgotten(oldest[1], ruleOf(oldest[0]), now)) return OTHERS
      peers.delete(oldest[0])
      return key
    },
    get: (key) => homeOf(key).get(key),
    set(key, attempts) {
      const home = homeOf(key)
      home.delete(key)
      if (attempts) home.set(key, attempts)
      changed.add(key)
    },
    takeChanges(now) {
      const before = peers.size + shared.size
      for (const home of [peers, shared]) {
        for (const [key, attempts] of home) if (isForgotten(attempts, ruleOf(key), now)) home.delete(key)
      }
      const rows = [...changed].flatMap((key) => {
        const attempts = homeOf(key).get(key)
        return attempts ? [{ key, ...attempts }] : []
      })
      changed.clear()
      return { changed: rows, forgotten: before - peers.size - shared.size }
    },
    putBack(rows) {
      for (const { key } of rows) changed.add(key)
    },
    restore(stored, now) {
      for (const { key, ...attempts } of stored) {
        const home = homeOf(key)
        if (home === peers && peers.size >= limit) continue
        home.set(key, restoreAttempts(attempts, ruleOf(key), now))
      }
    },
    get size() {
      return peers.size
    },
  }
}
