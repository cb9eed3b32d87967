import type { Instant } from '@pairgate/protocol'
import type { Clock } from '../ports/clock.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { StoreReader } from '../ports/store.ts'

export interface AnnounceExpiredDeps {
  readonly read: StoreReader
  readonly clock: Clock
  readonly live: LiveConnections
}

/** Tells operators of requests whose time ran out since the last call; correctness never needs it. */
export function createAnnounceExpired({ read, clock, live }: AnnounceExpiredDeps) {
  let told: Instant = clock.now()
  return async (): Promise<void> => {
    const until = clock.now()
    const expired = await read.listRequestsExpired(told, until)
    told = until
    for (const { id, deviceId } of expired) {
      live.tell({ kind: 'resolved', requestId: id, deviceId, decision: 'rejected', at: until })
    }
  }
}
