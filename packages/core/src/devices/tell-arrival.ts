import type { DeviceId } from '@pairgate/protocol'
import { findHome, type Home } from '../access/home-session.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { StoreReader } from '../ports/store.ts'

export interface TellArrivalDeps {
  readonly read: StoreReader
  readonly clock: Pick<Clock, 'now'>
  readonly live: Pick<LiveConnections, 'tell'>
}

export type TellArrival = (deviceId: DeviceId, before: Home) => Promise<void>

/**
 * Tells the session that a device lies in since a decision. The decision's own event is told where it lay
 * before, and so to nobody who sees it only now.
 */
export function createTellArrival({ read, clock, live }: TellArrivalDeps): TellArrival {
  return async (deviceId, before) => {
    const home = await findHome(read, deviceId)
    if (home !== undefined && home !== before)
      live.tell({ kind: 'changed', deviceId, change: 'arrived', home, at: clock.now() })
  }
}
