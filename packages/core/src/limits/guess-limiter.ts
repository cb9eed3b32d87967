import type { Instant } from '@pairgate/protocol'
import {
  type AttemptRule,
  type Attempts,
  isForgotten,
  releaseAttempt,
  reserveAttempt,
  restoreAttempts,
  waitForAttempt,
} from '../domain/attempt-limit.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredCounter } from '../ports/store.ts'

/** Whom an attempt is counted against, beside everybody together. */
export interface GuessingPeer {
  /** IPv4 address, IPv6 /64 or the loopback as one. */
  readonly prefix: string
  /** The /48 around an IPv6 /64: one customer may hold 65,536 of those. */
  readonly network: string | undefined
}

/** The numbers of the limit on guesses (design section 10). */
export interface GuessLimits {
  readonly failuresPerPeer: number
  readonly failuresInAll: number
  readonly windowMs: number
  readonly lockMs: number
}

export interface GuessLimiterDeps {
  readonly clock: Clock
  readonly guesses: GuessLimits
  /** What the store remembers of the time before the start. */
  readonly counters: readonly StoredCounter[]
  /** Peers that are remembered one by one. */
  readonly peers?: number
}

/** An attempt that is counted already. */
export interface CountedAttempt {
  /** The secret was right: takes this attempt back, once, and nothing else. */
  release(): void
}

/** Counts guesses at secrets that a person could have made up: shared token, password, codes. */
export interface GuessLimiter {
  /**
   * Counts an attempt, or refuses it. Whoever has no reservation may not compare, so attempts that come
   * at once cannot exceed the budget together, and the right secret is refused like any other (T10).
   */
  reserve(peer: GuessingPeer): Result<CountedAttempt>
  /** Counters that have changed since the last call, and whether some have become worthless. */
  takeChanges(): { readonly changed: readonly StoredCounter[]; readonly forgotten: number }
  /** Gives changes back that could not be written. */
  putBack(changed: readonly StoredCounter[]): void
  /** Peers that are remembered now. */
  readonly size: number
}

/** Peers beyond what is remembered one by one share one counter: nobody is forgotten to make room. */
const OTHERS = 'others'
const EVERYBODY = 'everybody'

/** A /48 and the others may fail this many times as often as one peer. */
const NETWORK_FACTOR = 5

/**
 * With the default budgets the bound is out of reach: everybody together fails 300 times a minute, so at
 * most 1,800 attempts, each with two keys, can still count after the five minutes of a lock.
 */
export const REMEMBERED_PEERS = 10_000

export function createGuessLimiter(deps: GuessLimiterDeps): GuessLimiter {
  const { clock, guesses, counters, peers: limit = REMEMBERED_PEERS } = deps
  const ruleOf = createRules(guesses)
  // In the order of last use. The two shared ones are never among them, so they are never crowded out.
  const peers = new Map<string, Attempts>()
  const shared = new Map<string, Attempts>()
  const changed = new Set<string>()
  const homeOf = (key: string) => (key === OTHERS || key === EVERYBODY ? shared : peers)

  function set(key: string, attempts: Attempts | undefined): void {
    const home = homeOf(key)
    home.delete(key)
    if (attempts) home.set(key, attempts)
    changed.add(key)
  }

  /** The key under which a peer is counted: its own while there is room, `ahead` new ones not yet counted. */
  function seat(key: string, ahead: number, now: Instant): string {
    if (peers.has(key) || peers.size + ahead < limit) return key
    const [oldest] = peers
    if (!oldest || !isForgotten(oldest[1], ruleOf(oldest[0]), now)) return OTHERS
    peers.delete(oldest[0])
    return key
  }

  function release(key: string, windowStart: Instant): void {
    const attempts = homeOf(key).get(key)
    // Of a later window: the attempt that is taken back is not counted there.
    if (attempts?.windowStart !== windowStart) return
    set(key, releaseAttempt(attempts, ruleOf(key)))
  }

  for (const { key, ...stored } of counters) {
    const home = homeOf(key)
    if (home === peers && peers.size >= limit) continue
    home.set(key, restoreAttempts(stored, ruleOf(key), clock.now()))
  }

  return {
    reserve({ prefix, network }) {
      const now = clock.now()
      const own = network === undefined ? [prefix] : [prefix, network]
      const keys = [...new Set([...own.map((key, ahead) => seat(key, ahead, now)), EVERYBODY])]
      const waits = keys.map((key) => waitForAttempt(homeOf(key).get(key), now))
      const retryAfterMs = Math.max(...waits)
      if (retryAfterMs > 0) return refuse({ reason: 'rate-limited', retryAfterMs })

      const counted = keys.map((key) => {
        const attempts = reserveAttempt(homeOf(key).get(key), ruleOf(key), now)
        set(key, attempts)
        return [key, attempts.windowStart] as const
      })
      return ok({
        release() {
          for (const [key, windowStart] of counted.splice(0)) release(key, windowStart)
        },
      })
    },
    takeChanges() {
      const now = clock.now()
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
    get size() {
      return peers.size
    },
  }
}

function createRules(guesses: GuessLimits): (key: string) => AttemptRule {
  const { failuresPerPeer, failuresInAll, windowMs, lockMs } = guesses
  const peer = { failures: failuresPerPeer, windowMs, lockMs }
  const wide = { failures: failuresPerPeer * NETWORK_FACTOR, windowMs, lockMs }
  // No lock of its own: whoever fails on purpose would lock everybody out for as long.
  const everybody = { failures: failuresInAll, windowMs, lockMs: 0 }
  return (key) => {
    if (key === EVERYBODY) return everybody
    return key === OTHERS || key.endsWith('/48') ? wide : peer
  }
}
