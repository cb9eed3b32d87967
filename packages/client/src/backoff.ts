import { drawFraction } from './platform/random.ts'

export interface BackoffOptions {
  /** Milliseconds before the first new attempt. */
  readonly firstMs?: number
  /** Milliseconds that the delay never grows beyond; a gateway's own `retryAfterMs` may be longer. */
  readonly maxMs?: number
}

export interface Backoff {
  /** Milliseconds to wait now; each answer is about twice the one before. */
  next(retryAfterMs?: number): number
  reset(): void
}

/** A gateway that asks for more than this has erred, or wants its clients gone. */
const LONGEST_ASKED_MS = 600_000

/**
 * Delays that double, each shortened by up to half at random: a thousand clients that lost their gateway in
 * the same moment must not come back in the same moment.
 */
export function createBackoff(
  { firstMs = 1_000, maxMs = 30_000 }: BackoffOptions,
  draw = drawFraction,
): Backoff {
  let delay = firstMs
  return {
    next(retryAfterMs = 0) {
      const wait = Math.min(delay, maxMs) * (1 - draw() / 2)
      delay = Math.min(delay * 2, maxMs)
      return Math.max(wait, Math.min(retryAfterMs, LONGEST_ASKED_MS))
    },
    reset() {
      delay = firstMs
    },
  }
}
