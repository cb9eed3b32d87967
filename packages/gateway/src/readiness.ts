import type { Clock } from '@pairgate/core'
import type { Readiness } from './http/build-http.ts'
import type { EventHeadFile } from './state/event-head.ts'
import type { DatabaseWatch } from './state/watch-database.ts'

export interface ReadinessDeps {
  /** Why nobody is let in; empty when somebody is. */
  readonly closed: () => readonly string[]
  readonly database: DatabaseWatch
  readonly heads: EventHeadFile
  readonly clock: Clock
}

/** Names what keeps the gateway from serving. */
export function createReadiness({ closed, database, heads, clock }: ReadinessDeps) {
  const startedAt = clock.now()
  return async (): Promise<Readiness> => {
    const isAway = !(await database.check())
    const failing = [...closed(), ...(isAway ? ['database'] : []), ...(heads.isFailing ? ['event-head'] : [])]
    return { ready: failing.length === 0, failing, uptimeMs: clock.now() - startedAt }
  }
}
