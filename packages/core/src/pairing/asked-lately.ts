import { type DeviceId, type Instant, later } from '@pairgate/protocol'
import type { PendingPlace } from '../domain/choose-to-leave.ts'
import { REQUEST_LIFETIME_MS } from '../domain/pairing-request.ts'

/** Which peers asked lately, and with how many devices. */
export interface AskedLately {
  note(who: Pick<PendingPlace, 'deviceId' | 'prefix'>, now: Instant): void
  /** Devices of the peer, up to a number that is certainly a flood. */
  count(prefix: string, now: Instant): number
}

const REMEMBERED_PEERS = 10_000
const REMEMBERED_DEVICES = 16

/**
 * Counts devices and not requests: a person's own device that is sent away and asks again is not a flood.
 * In memory only, because it decides nothing but who makes room.
 */
export function createAskedLately(): AskedLately {
  const peers = new Map<string, { readonly until: Instant; readonly devices: Set<DeviceId> }>()

  function live(prefix: string, now: Instant) {
    const peer = peers.get(prefix)
    return peer && now < peer.until ? peer : undefined
  }
  return {
    note({ prefix, deviceId }, now) {
      const peer = live(prefix, now) ?? { until: later(now, REQUEST_LIFETIME_MS), devices: new Set() }
      if (peer.devices.size < REMEMBERED_DEVICES) peer.devices.add(deviceId)
      // Taken out and put back, so that the map's order is the order of last use.
      peers.delete(prefix)
      peers.set(prefix, peer)
      const [oldest] = peers.size > REMEMBERED_PEERS ? peers.keys() : []
      if (oldest !== undefined) peers.delete(oldest)
    },
    count: (prefix, now) => live(prefix, now)?.devices.size ?? 0,
  }
}
