import type { Log } from '../platform/log.ts'
import { isDatabaseAway } from '../state/watch-database.ts'

/** Faults: what should not happen. */
export interface FaultLog {
  /** @param what is one of few texts. The first of a minute is an error, with its stack; more are for `--verbose`. */
  note(what: string, error: unknown, fields: Readonly<Record<string, unknown>>): void
  /** A new minute. */
  renew(): void
}

/** Whoever finds a request that fails can send it a hundred times a second. */
export function createFaultLog(log: Log): FaultLog {
  const said = new Set<string>()
  return {
    note(what, error, fields) {
      // An outage has its own line, and not one for each request.
      if (isDatabaseAway(error)) return
      const isFirst = !said.has(what)
      said.add(what)
      log[isFirst ? 'error' : 'debug']({ err: error, ...fields }, what)
    },
    renew: () => said.clear(),
  }
}
