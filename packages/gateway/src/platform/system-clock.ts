import type { Clock } from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'

/** The machine's wall clock. When somebody sets it back, it stands still until it has caught up. */
export function createSystemClock(read: () => number = Date.now): Clock {
  let last = 0
  return {
    now() {
      last = Math.max(last, read())
      return last as Instant
    },
  }
}
