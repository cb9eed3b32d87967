import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { GuessLimiter, GuessLimits } from './guess-limiter.ts'

export interface KeepCountersDeps {
  readonly limiter: GuessLimiter
  readonly store: Pick<Store, 'mergeCounters'>
  readonly clock: Pick<Clock, 'steady'>
  readonly guesses: Pick<GuessLimits, 'windowMs'>
}

/**
 * Writes down what has changed of the counters of guesses, so that a restart ends no lockout. Called once
 * a second and at the end: a connect never waits for it, and a crash forgets one second of guesses.
 */
export function createKeepCounters({ limiter, store, clock, guesses }: KeepCountersDeps) {
  return async (): Promise<void> => {
    const { changed, forgotten } = limiter.takeChanges()
    if (changed.length === 0 && forgotten === 0) return
    try {
      await store.mergeCounters(changed, { now: clock.steady(), windowMs: guesses.windowMs })
    } catch (error) {
      limiter.putBack(changed)
      throw error
    }
  }
}
