import { type Instant, meetScopes, SCOPES, type Scope } from '@pairgate/protocol'

/** When each stage of the way out of mode `none` begins, in this order. */
export interface LeaveNone {
  readonly observe: Instant
  readonly warn: Instant
  readonly enforce: Instant
}

/**
 * `open`: mode `none` as it is without dates. `observe`: everybody is let in and written down. `warn`: the
 * same, and everybody is told when it ends. `enforce`: it has ended.
 */
export type NoneStage = 'open' | 'observe' | 'warn' | 'enforce'

/** A question asked with `now`, so nothing has to run on time for the door to be shut. */
export function noneStage(dates: LeaveNone | undefined, now: Instant): NoneStage {
  if (!dates || now < dates.observe) return 'open'
  if (now < dates.warn) return 'observe'
  return now < dates.enforce ? 'warn' : 'enforce'
}

/**
 * With one of these somebody could let himself in for good, or read what opens something else: they are
 * never given without a pairing.
 */
const WITHHELD: ReadonlySet<Scope> = new Set(['operator.admin', 'operator.pairing', 'operator.talk.secrets'])
const GIVEN = SCOPES.filter((scope) => !WITHHELD.has(scope))

/** What of these scopes is given to who is let in without a pairing. */
export function unpairedScopes(asked: readonly Scope[]): readonly Scope[] {
  return meetScopes(GIVEN, asked)
}
