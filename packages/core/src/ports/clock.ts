import type { Instant } from '@pairgate/protocol'

export interface Clock {
  /** Wall clock in milliseconds; never runs behind what it said before in this process. */
  now(): Instant
  /** Milliseconds that pass steadily, whatever somebody does to the wall clock; only differences mean something. */
  ticks(): number
}
