import type { Instant } from '@pairgate/protocol'
import { findHome } from '../access/home-session.ts'
import type { Clock } from '../ports/clock.ts'
import type { Feed } from '../ports/feed.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { StoreReader } from '../ports/store.ts'

export interface AnnounceExpiredDeps {
  readonly read: StoreReader
  readonly clock: Clock
  readonly live: LiveConnections
  readonly feed: Feed
}

/** Tells operators of requests whose time ran out since the last call; correctness never needs it. */
export function createAnnounceExpired({ read, clock, live, feed }: AnnounceExpiredDeps) {
  let told: Instant = clock.now()
  return async (): Promise<void> => {
    const until = clock.now()
    const expired = await read.listRequestsExpired(told, until)
    told = until
    for (const { id, deviceId, prefix } of expired) {
      feed.note({ kind: 'request-expired', prefix, deviceId })
      const home = await findHome(read, deviceId)
      live.tell({ kind: 'resolved', requestId: id, deviceId, decision: 'rejected', at: until, home })
    }
  }
}
