import type { EventHead, LoggedEvent } from '../domain/gateway-event.ts'
import type { Clock } from '../ports/clock.ts'

/** How many events one read of the log brings. */
const PAGE = 200
/** How long what is remembered may be believed after the log was asked the last time (design section 7). */
const BELIEF_MS = 2_000

export interface EventFollowerDeps {
  readonly eventsAfter: (cursor: number, limit: number) => Promise<readonly LoggedEvent[]>
  /** Runs once per event, in order, before anything is awaited. */
  readonly apply: (logged: LoggedEvent) => void
  /** The log does not go on where it was: the database was exchanged for another copy. Runs once. */
  readonly onBreak: () => void
  readonly clock: Pick<Clock, 'now' | 'ticks'>
  /** The last event that this instance need not hear about: the head at its start. */
  readonly from: Pick<EventHead, 'seq' | 'mac'>
}

/** What may be believed of the log, as far as this instance has acted on it. */
export interface Following {
  /** `seq` of the last event that was applied. */
  readonly cursor: number
  /**
   * Whether every event is applied that was committed until a moment ago, so that what was remembered
   * may be believed. By both clocks: one stands still while the machine sleeps, the other can be set.
   */
  readonly isCurrent: boolean
  /** The log is another one than it was. Nothing of this instance holds any more, until it starts again. */
  readonly isBroken: boolean
  /** How long ago the last read to the end of the log began, in milliseconds; `undefined` before the first. */
  readonly lagMs: number | undefined
}

export interface EventFollower extends Following {
  /** Resolves when every event that was committed before the call has been applied. */
  catchUp(): Promise<void>
  /** Something may have been committed that nobody was told of: nothing is believed before the next read. */
  doubt(): void
}

/** Follows the one event log by `seq`; whoever changes something waits here before it answers. */
export function createEventFollower(deps: EventFollowerDeps): EventFollower {
  const { eventsAfter, apply, onBreak, clock, from } = deps
  let last = from
  let isBroken = false
  let confirmed: { readonly ticks: number; readonly wall: number } | undefined
  let doubts = 0
  let running: Promise<void> | undefined
  let again: Promise<void> | undefined

  function doubt(): void {
    doubts += 1
    confirmed = undefined
  }
  function breakOff(): never {
    if (!isBroken) onBreak()
    isBroken = true
    throw new Error('the event log does not go on where it was: the database was exchanged')
  }
  /** Reads the last event once more as well: its seal tells whether this is still the same log. */
  async function read(): Promise<void> {
    const asked = { ticks: clock.ticks(), wall: clock.now() }
    const doubtsBefore = doubts
    for (;;) {
      const page = await eventsAfter(last.seq - 1, PAGE)
      if (isBroken || !goesOn(last, page)) breakOff()
      for (const logged of page) {
        if (logged.seq <= last.seq) continue
        last = logged
        apply(logged)
      }
      if (page.length < PAGE) break
    }
    if (doubts === doubtsBefore) confirmed = asked
  }
  function start(): Promise<void> {
    running = read().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    catchUp() {
      if (!running) return start()
      // The read under way may have passed the caller's event already, so another one must follow it;
      // one is enough for all who ask meanwhile.
      again ??= running
        .catch(() => undefined)
        .then(() => {
          again = undefined
          return start()
        })
      return again
    },
    doubt,
    get cursor() {
      return last.seq
    },
    get isCurrent() {
      if (!confirmed || isBroken) return false
      const { ticks, wall } = confirmed
      return clock.ticks() - ticks < BELIEF_MS && clock.now() - wall < BELIEF_MS
    },
    get isBroken() {
      return isBroken
    },
    get lagMs() {
      return confirmed && clock.ticks() - confirmed.ticks
    },
  }
}

/** Whether a page that was read from the last event on follows that very event, which may have been pruned. */
function goesOn(last: Pick<EventHead, 'seq' | 'mac'>, page: readonly LoggedEvent[]): boolean {
  const [first] = page
  if (!first) return last.seq === 0
  if (first.seq === last.seq) return first.mac === last.mac
  return first.seq === last.seq + 1 && first.prev === last.mac
}
