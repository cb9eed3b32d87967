import type { Instant } from '@pairgate/protocol'

export interface Clock {
  /**
   * What everything is judged by and what is stored. Never runs behind what it said before, nor behind the
   * newest stored time, and never stands still.
   */
  now(): Instant
  /** What the machine's clock says at this moment, also backwards; to be compared with somebody else's clock. */
  wall(): Instant
  /** What is forgotten by: a jump forward is believed only after it has lasted for a day. */
  steady(): Instant
  /** Milliseconds that pass steadily, whatever somebody does to the wall clock; only differences mean something. */
  ticks(): number
}
