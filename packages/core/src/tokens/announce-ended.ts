import type { Instant } from '@pairgate/protocol'
import { findHome } from '../access/home-session.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { StoreReader } from '../ports/store.ts'

export interface AnnounceEndedDeps {
  readonly read: StoreReader
  readonly clock: Pick<Clock, 'now'>
  readonly live: Pick<LiveConnections, 'tell'>
}

/** Tells operators of tokens whose deadline has passed since the last call; correctness never needs it. */
export function createAnnounceEnded({ read, clock, live }: AnnounceEndedDeps) {
  let told: Instant = clock.now()
  return async (): Promise<void> => {
    const until = clock.now()
    const ended = await read.listTokensEnding(told, until)
    told = until
    for (const { deviceId, role } of ended) {
      const home = await findHome(read, deviceId)
      live.tell({ kind: 'changed', deviceId, change: 'expired', role, home, at: until })
    }
  }
}
