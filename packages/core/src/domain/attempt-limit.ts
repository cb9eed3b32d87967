import { type Instant, later } from '@pairgate/protocol'

/** How many attempts may fail within a window, and how long nobody may try after that many. */
export interface AttemptRule {
  readonly failures: number
  readonly windowMs: number
  readonly lockMs: number
}

/** Attempts since a window began that have failed, or that may still turn out to. */
export interface Attempts {
  readonly failures: number
  readonly windowStart: Instant
  /** Set by the last attempt that the rule allows. */
  readonly lockedUntil: Instant | undefined
}

/** How long an attempt has to wait, in milliseconds; 0 when it may be made now. */
export function waitForAttempt(attempts: Attempts | undefined, now: Instant): number {
  return attempts?.lockedUntil === undefined ? 0 : Math.max(0, attempts.lockedUntil - now)
}

/**
 * Counts an attempt before anybody knows how it ends; whoever waited for nothing may be counted. The last
 * attempt that is allowed locks at once: in the time until its outcome is known, others could slip through.
 */
export function reserveAttempt(before: Attempts | undefined, rule: AttemptRule, now: Instant): Attempts {
  const fresh = before === undefined || isForgotten(before, rule, now)
  const windowStart = fresh ? now : before.windowStart
  const failures = (fresh ? 0 : before.failures) + 1
  // A lock that ended within its window would let as many attempts again into the same window.
  const lockedUntil = Math.max(later(now, rule.lockMs), later(windowStart, rule.windowMs)) as Instant
  return { failures, windowStart, lockedUntil: failures < rule.failures ? undefined : lockedUntil }
}

/**
 * Takes one attempt back because it succeeded. It takes back nothing else: with one good secret the guesses
 * at another would be forgiven (T11).
 * @returns `undefined` when nothing is left to remember.
 */
export function releaseAttempt(attempts: Attempts, rule: AttemptRule): Attempts | undefined {
  const failures = attempts.failures - 1
  if (failures <= 0) return undefined
  return { ...attempts, failures, lockedUntil: failures < rule.failures ? undefined : attempts.lockedUntil }
}

/** Whether window and lock are over, so that the next attempt is the first of a new window. */
export function isForgotten(attempts: Attempts, rule: AttemptRule, now: Instant): boolean {
  return now >= (attempts.lockedUntil ?? later(attempts.windowStart, rule.windowMs))
}

/**
 * Counters as a database gave them back, cut to what the rule could have made of them: a clock that was
 * wrong once, or a rule that was longer, must not lock anybody out for years.
 */
export function restoreAttempts(stored: Attempts, rule: AttemptRule, now: Instant): Attempts {
  const { failures, windowStart, lockedUntil } = stored
  const longest = later(now, Math.max(rule.lockMs, rule.windowMs))
  return {
    failures,
    windowStart: Math.min(windowStart, now) as Instant,
    lockedUntil: lockedUntil === undefined ? undefined : (Math.min(lockedUntil, longest) as Instant),
  }
}
