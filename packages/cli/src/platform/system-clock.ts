import type { Instant } from '@pairgate/protocol'

/** The machine's clock, read nowhere else in this room. */
export function systemNow(): Instant {
  return Date.now() as Instant
}
