import type { Clock } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'

/**
 * The machine's wall clock. When somebody sets it back, it stands still until it has caught up; and it
 * never runs behind `notBefore`, the newest stored time.
 */
export function createSystemClock(notBefore = 0, read: () => number = Date.now): Clock {
  let last = notBefore
  return {
    now() {
      last = Math.max(last, read())
      return last as Instant
    },
    ticks: () => performance.now(),
  }
}
