import { type Clock, type Principal, whomMayKnow } from '@pairgate/core'
import { type DeviceId, seconds } from '@pairgate/protocol'
import type { DevicePresencePayload } from '@pairgate/protocol/wire'
import type { Timers } from '../platform/timers.ts'
import type { Connection } from './connection.ts'
import type { ConnectionRegistry } from './connection-registry.ts'

export interface DevicePresenceDeps {
  readonly registry: Pick<ConnectionRegistry, 'each' | 'ofDevice' | 'sweep'>
  readonly timers: Pick<Timers, 'after'>
  readonly clock: Pick<Clock, 'now'>
}

/** Changes gather for so long before they are told. */
const BEAT_MS = seconds(1)
/** Devices of one beat that are named; when all come back after a restart, consoles look at their page again. */
const NAMED = 200

/** Tells consoles which devices come and go, whatever mode they are in, as far as each may know. */
export function createDevicePresence({ registry, timers, clock }: DevicePresenceDeps) {
  /** By device and session, because who may know of a connection depends on both. */
  let changed = new Map<string, Principal & { readonly deviceId: DeviceId }>()
  let isWaiting = false

  function note({ principal }: Connection): void {
    if (principal.kind !== 'device') return
    changed.set(`${principal.deviceId} ${principal.sessionId}`, principal)
    if (isWaiting) return
    isWaiting = true
    timers.after(BEAT_MS, tell)
  }

  function tell(): void {
    const told = [...changed.values()]
    changed = new Map()
    isWaiting = false
    registry.sweep()
    registry.each((listener) => {
      if (!listener.extended || !listener.hearsPairing) return
      const mayKnow = whomMayKnow(listener.principal)
      const seen = new Set(told.filter(mayKnow).map(({ deviceId }) => deviceId))
      if (seen.size === 0) return
      const devices = [...seen].slice(0, NAMED).map((deviceId) => ({
        deviceId,
        connections: registry.ofDevice(deviceId).filter(({ principal }) => mayKnow(principal)).length,
      }))
      const more = seen.size > NAMED && { more: true as const }
      listener.tell('device.presence', { devices, ...more, ts: clock.now() } satisfies DevicePresencePayload)
    })
  }

  return {
    /** Counts a connection whose hello is about to leave, until it is over. */
    join(connection: Connection): void {
      note(connection)
      connection.whenOver(() => note(connection))
    },
  }
}
