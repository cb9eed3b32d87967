import type { Instant } from '@pairgate/protocol'
import { type AttemptRule, releaseAttempt, reserveAttempt, waitForAttempt } from '../domain/attempt-limit.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredCounter } from '../ports/store.ts'
import { createGuessCounters, EVERYBODY, type GuessCounters, OTHERS } from './guess-counters.ts'

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
  /** A clock that jumps ahead must end no lockout. */
  readonly clock: Pick<Clock, 'steady'>
  readonly guesses: GuessLimits
  /** What the store remembers of the time before the start. */
  readonly counters: readonly StoredCounter[]
  /** Peers that are remembered one by one. */
  readonly peers?: number
}

/** An attempt that is counted already. */
export interface CountedAttempt {
  /** The keys that are locked from now on, unless the attempt is released. */
  readonly locks: readonly string[]
  /** The secret was right: takes this attempt back, once, and nothing else. */
  release(): void
}

/** Counts guesses at secrets that a person could have made up: shared token, password, codes. */
export interface GuessLimiter extends Pick<GuessCounters, 'putBack' | 'size'> {
  /**
   * Counts an attempt, or refuses it. Whoever has no reservation may not compare, so attempts that come
   * at once cannot exceed the budget together, and the right secret is refused like any other (T10).
   */
  reserve(peer: GuessingPeer): Result<CountedAttempt>
  /** See `GuessCounters`. */
  takeChanges(): ReturnType<GuessCounters['takeChanges']>
}

/** A /48, and all who share one counter, may fail this many times as often as one peer. */
const WIDE_FACTOR = 5

/**
 * With the default budgets the bound is out of reach: everybody together fails 300 times a minute, so at
 * most 1,800 attempts, each with two keys, can still count before the first lock of five minutes ends.
 */
export const REMEMBERED_PEERS = 10_000

export function createGuessLimiter(deps: GuessLimiterDeps): GuessLimiter {
  const { clock, guesses, peers: limit = REMEMBERED_PEERS } = deps
  const ruleOf = createRules(guesses)
  const counters = createGuessCounters({ ruleOf, limit })
  counters.restore(deps.counters, clock.steady())

  function release(key: string, windowStart: Instant): void {
    const attempts = counters.get(key)
    // Of a later window: the attempt that is taken back is not counted there.
    if (attempts?.windowStart === windowStart) counters.set(key, releaseAttempt(attempts, ruleOf(key)))
  }

  return {
    reserve({ prefix, network }) {
      const now = clock.steady()
      const own = network === undefined ? [prefix] : [prefix, network]
      const seats = own.map((key, ahead) => counters.seat(key, ahead, now))
      const keys = [...new Set([...seats, EVERYBODY])]
      const retryAfterMs = Math.max(...keys.map((key) => waitForAttempt(counters.get(key), now)))
      if (retryAfterMs > 0) return refuse({ reason: 'rate-limited', retryAfterMs })

      const counted = keys.map((key) => {
        const attempts = reserveAttempt(counters.get(key), ruleOf(key), now)
        counters.set(key, attempts)
        return [key, attempts.windowStart] as const
      })
      return ok({
        locks: keys.filter((key) => counters.get(key)?.lockedUntil !== undefined),
        release() {
          for (const [key, windowStart] of counted.splice(0)) release(key, windowStart)
        },
      })
    },
    takeChanges: () => counters.takeChanges(clock.steady()),
    putBack: counters.putBack,
    get size() {
      return counters.size
    },
  }
}

function createRules(guesses: GuessLimits): (key: string) => AttemptRule {
  return (key) => {
    const { failuresPerPeer, failuresInAll, windowMs, lockMs } = guesses
    // No lock of its own: whoever fails on purpose would lock everybody out for as long.
    if (key === EVERYBODY) return { failures: failuresInAll, windowMs, lockMs: 0 }
    const isWide = key === OTHERS || key.endsWith('/48')
    return { failures: failuresPerPeer * (isWide ? WIDE_FACTOR : 1), windowMs, lockMs }
  }
}
