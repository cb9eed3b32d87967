import {
  type Clock,
  isSelfScoped,
  type LiveConnections,
  type PairingNews,
  type Principal,
} from '@pairgate/core'
import { type DeviceId, seconds } from '@pairgate/protocol'
import { CLOSES, type Close } from '@pairgate/protocol/wire'
import type { Timers } from '../platform/timers.ts'
import { newsEvent } from '../wire/record-to-wire.ts'
import { type Connection, hasExpired } from './connection.ts'

/** Every live connection of this instance, found by device. */
export interface ConnectionRegistry extends LiveConnections {
  /** From the moment this returns, a revocation finds the connection. */
  add(connection: Connection): void
  remove(connection: Connection): void
  isConnected(deviceId: DeviceId): boolean
  /**
   * Closes the gates of all that fit before it returns. The connection `causedBy` may still send the one
   * reply that it is working on.
   */
  closeWhere(fits: (connection: Connection) => boolean, close: Close, causedBy: string | undefined): void
  /** Shuts every connection whose token ran out. */
  sweep(): void
  each(visit: (connection: Connection) => void): void
  /** Who is connected. */
  principals(): readonly Principal[]
  readonly size: number
}

/**
 * How long the reply of the call that ended its own connection may take. The gate is closed meanwhile,
 * and on a busy disk the call may have to wait for what it wrote.
 */
const LAST_WORDS_MS = seconds(5)

export interface ConnectionRegistryDeps {
  readonly timers: Timers
  readonly clock: Clock
}

export function createConnectionRegistry({ timers, clock }: ConnectionRegistryDeps): ConnectionRegistry {
  const all = new Set<Connection>()
  const byDevice = new Map<DeviceId, Set<Connection>>()
  const listeners = new Set<Connection>()
  const expiring = new Set<Connection>()
  const shut = createShut(timers)

  function sweep(): void {
    const now = clock.now()
    for (const connection of expiring) if (hasExpired(connection, now)) connection.shut(false)
  }

  return {
    add(connection) {
      all.add(connection)
      if (connection.hearsPairing) listeners.add(connection)
      if (connection.expiresAt !== undefined) expiring.add(connection)
      const { principal } = connection
      if (principal.kind !== 'device') return
      const own = byDevice.get(principal.deviceId) ?? new Set()
      byDevice.set(principal.deviceId, own.add(connection))
    },
    remove(connection) {
      all.delete(connection)
      listeners.delete(connection)
      expiring.delete(connection)
      const { principal } = connection
      if (principal.kind !== 'device') return
      const own = byDevice.get(principal.deviceId)
      own?.delete(connection)
      if (own?.size === 0) byDevice.delete(principal.deviceId)
    },
    closeDevice(deviceId, role, causedBy) {
      for (const connection of byDevice.get(deviceId) ?? []) {
        if (role !== undefined && connection.principal.role !== role) continue
        shut(connection, CLOSES['device-removed'], causedBy)
      }
    },
    closeWhere(fits, close, causedBy) {
      for (const connection of all) if (fits(connection)) shut(connection, close, causedBy)
    },
    closeAll() {
      for (const connection of all) {
        // One that has no answer to its connect yet is given it by the handshake, which finds the gate closed.
        if (connection.isOpen) connection.leave(CLOSES['try-again'])
        else connection.shut(false)
      }
    },
    tell(news) {
      // Between two sweeps a token may have run out; its connection must not hear of this.
      sweep()
      for (const connection of listeners) {
        if (!mayKnow(connection, news)) continue
        const { event, payload } = newsEvent(news, connection.extended)
        connection.tell(event, payload)
      }
    },
    isConnected: (deviceId) => byDevice.has(deviceId),
    sweep,
    each(visit) {
      for (const connection of all) visit(connection)
    },
    principals: () => Array.from(all, ({ principal }) => principal),
    get size() {
      return all.size
    },
  }
}

function createShut(timers: Timers) {
  return (connection: Connection, close: Close, causedBy: string | undefined): void => {
    const own = connection.principal.connId === causedBy
    connection.shut(own, close)
    // The reply leaves first; a connection that finds no last words is closed all the same.
    if (own) timers.after(LAST_WORDS_MS, () => connection.leave(close))
  }
}

/** A device that manages only itself hears only of itself. */
function mayKnow({ principal }: Connection, news: PairingNews): boolean {
  if (!isSelfScoped(principal)) return true
  const about = news.kind === 'requested' ? news.request.deviceId : news.deviceId
  return about === principal.deviceId
}
