import { setImmediate } from 'node:timers/promises'

/** Ends the current turn of the event loop: queries of SQLite never do, so a long row of them would stop all else. */
export function breathe(): Promise<void> {
  return setImmediate()
}
