import type { LoggedEvent } from '../domain/gateway-event.ts'

/** How many events one read of the log brings. */
const PAGE = 200

export interface EventFollowerDeps {
  readonly eventsAfter: (cursor: number, limit: number) => Promise<readonly LoggedEvent[]>
  /** Runs once per event, in order, before anything is awaited. */
  readonly apply: (logged: LoggedEvent) => void
  /** The last event that this instance need not hear about: the head at its start. */
  readonly from: number
}

export interface EventFollower {
  /** Resolves when every event that was committed before the call has been applied. */
  catchUp(): Promise<void>
  readonly cursor: number
}

/** Follows the one event log by `seq`; whoever changes something waits here before it answers. */
export function createEventFollower({ eventsAfter, apply, from }: EventFollowerDeps): EventFollower {
  let cursor = from
  let running: Promise<void> | undefined
  let again: Promise<void> | undefined

  async function read(): Promise<void> {
    for (;;) {
      const page = await eventsAfter(cursor, PAGE)
      for (const logged of page) {
        apply(logged)
        cursor = logged.seq
      }
      if (page.length < PAGE) return
    }
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
    get cursor() {
      return cursor
    },
  }
}
