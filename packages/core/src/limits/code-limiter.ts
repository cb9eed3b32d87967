import { type Instant, minutes } from '@pairgate/protocol'
import {
  type AttemptRule,
  isForgotten,
  releaseAttempt,
  reserveAttempt,
  waitForAttempt,
} from '../domain/attempt-limit.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { DEMOTED_FROM, type WrongTries } from '../domain/wrong-tries.ts'
import type { Clock } from '../ports/clock.ts'
import { createWrongTryCount } from './count-wrong-tries.ts'
import { createGuessCounters, EVERYBODY, OTHERS } from './guess-counters.ts'
import { type GuessingPeer, REMEMBERED_PEERS } from './guess-limiter.ts'

export interface CodeLimiterDeps {
  /** A clock that jumps ahead must forget nothing. */
  readonly clock: Pick<Clock, 'steady'>
  /** What the store remembers of the time before the start. */
  readonly wrongTries: WrongTries | undefined
  /** Peers that are remembered one by one. */
  readonly peers?: number
}

/** A try at a code that is counted already. It ends in exactly one of two ways. */
export interface CodeTry {
  /** Whether even the right code only asks. */
  readonly demoted: boolean
  /** It was right: the peer has not guessed. */
  right(): void
  /** @returns what counts now, to be written down, and whether this try demoted the codes. */
  wrong(): { readonly wrongTries: WrongTries; readonly demotes: boolean }
}

/** Counts tries at six-digit codes (design section 5). Nothing in here waits. */
export interface CodeLimiter {
  /** Counts a try, or refuses it: who has no reservation may not compare. */
  reserve(peer: GuessingPeer): Result<CodeTry>
  /** Wrong tries that count at this moment. */
  wrongTries(): WrongTries
  /** How many these are, and whether a right code only asks. */
  guessing(): { readonly wrongTries: number; readonly demoted: boolean }
}

/** Three tries of a peer; then it waits until they are forgotten. */
const PEER_RULE: AttemptRule = { failures: 3, windowMs: minutes(5), lockMs: minutes(5) }
/** A /48, and all who share one counter. */
const WIDE_RULE: AttemptRule = { ...PEER_RULE, failures: 15 }
/** Everybody together. No lock of its own: whoever fails on purpose would lock everybody out for as long. */
const EVERYBODY_RULE: AttemptRule = { failures: 30, windowMs: minutes(1), lockMs: 0 }

const SWEPT_EVERY_MS = minutes(1)

export function createCodeLimiter(deps: CodeLimiterDeps): CodeLimiter {
  const { clock, wrongTries, peers = REMEMBERED_PEERS } = deps
  const counters = createGuessCounters({ ruleOf, limit: peers })
  const wrong = createWrongTryCount(clock, wrongTries)
  let sweptAt = clock.steady()

  function sweep(now: Instant): void {
    if (now - sweptAt < SWEPT_EVERY_MS) return
    counters.takeChanges(now)
    sweptAt = now
  }
  function release(key: string, windowStart: Instant): void {
    const attempts = counters.get(key)
    if (attempts?.windowStart === windowStart) counters.set(key, releaseAttempt(attempts, ruleOf(key)))
  }
  /** A peer of its own that has not failed lately: a flood from elsewhere must not cost it its one try. */
  function isFirst(key: string, now: Instant): boolean {
    const attempts = counters.get(key)
    return attempts === undefined || isForgotten(attempts, ruleOf(key), now)
  }

  return {
    reserve({ prefix, network }) {
      const now = clock.steady()
      sweep(now)
      const demoted = wrong.isDemoted
      const own = network === undefined ? [prefix] : [prefix, network]
      const seats = [...new Set(own.map((key, ahead) => counters.seat(key, ahead, now)))]
      const exempt = demoted && !seats.includes(OTHERS) && isFirst(prefix, now)
      const asked = exempt ? seats : [...seats, EVERYBODY]
      const retryAfterMs = Math.max(...asked.map((key) => waitForAttempt(counters.get(key), now)))
      if (retryAfterMs > 0) return refuse({ reason: 'rate-limited', retryAfterMs })

      const counted = [...seats, EVERYBODY].map((key) => {
        const attempts = reserveAttempt(counters.get(key), ruleOf(key), now)
        counters.set(key, attempts)
        return [key, attempts.windowStart] as const
      })
      const settle = wrong.begin()
      return ok({
        demoted,
        right() {
          settle(false)
          for (const [key, windowStart] of counted.splice(0)) release(key, windowStart)
        },
        wrong() {
          counted.length = 0
          return settle(true)
        },
      })
    },
    wrongTries: wrong.now,
    guessing() {
      const { count } = wrong.now()
      return { wrongTries: count, demoted: count >= DEMOTED_FROM }
    },
  }
}

function ruleOf(key: string): AttemptRule {
  if (key === EVERYBODY) return EVERYBODY_RULE
  return key === OTHERS || key.endsWith('/48') ? WIDE_RULE : PEER_RULE
}
