import {
  type Clock,
  isForeignInvitation,
  type LiveConnections,
  mayDecide,
  mayManage,
  type PairingNews,
  type Principal,
} from '@pairgate/core'
import { type DeviceId, EVERY_SESSION, seconds } from '@pairgate/protocol'
import { CLOSES, type Close } from '@pairgate/protocol/wire'
import type { Timers } from '../platform/timers.ts'
import { newsEvent } from '../wire/record-to-wire.ts'
import { chatPayload } from '../wire/session-to-wire.ts'
import { type Connection, closeOfEnd, hasExpired } from './connection.ts'
import { createConnectionIndex } from './connection-index.ts'

/** Every live connection of this instance, found by device. */
export interface ConnectionRegistry extends LiveConnections {
  /** From the moment this returns, a revocation finds the connection. */
  add(connection: Connection): void
  remove(connection: Connection): void
  isConnected(deviceId: DeviceId): boolean
  /** The connections of a device that are served. */
  ofDevice(deviceId: DeviceId): readonly Connection[]
  /** Every device that is connected. */
  deviceIds(): readonly DeviceId[]
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
  const index = createConnectionIndex()
  const shut = createShut(timers)

  function sweep(): void {
    const now = clock.now()
    for (const connection of index.expiring)
      if (hasExpired(connection, now)) connection.shut(false, closeOfEnd(connection))
  }

  return {
    add: index.add,
    remove: index.remove,
    closeDevice(deviceId, role, causedBy) {
      for (const connection of index.ofDevice(deviceId)) {
        if (role !== undefined && connection.principal.role !== role) continue
        shut(connection, CLOSES['device-removed'], causedBy)
      }
    },
    closeUnpaired(deviceId, causedBy) {
      const close = CLOSES['auth-changed']
      for (const each of index.ofDevice(deviceId)) if (isUnpaired(each)) shut(each, close, causedBy)
    },
    setDeadline(deviceId, role, expiresAt) {
      for (const connection of index.ofDevice(deviceId)) {
        // One that was let in without its token ends on the day that was set for all of those.
        if (connection.principal.role === role && !isUnpaired(connection))
          index.setDeadline(connection, expiresAt)
      }
    },
    closeSession(id, causedBy) {
      for (const connection of index.ofSession(id)) shut(connection, CLOSES['session-deleted'], causedBy)
    },
    closeWhere(fits, close, causedBy) {
      for (const connection of index.all) if (fits(connection)) shut(connection, close, causedBy)
    },
    closeAll() {
      for (const connection of index.all) {
        // One that has no answer to its connect yet is given it by the handshake, which finds the gate closed.
        if (connection.isOpen) connection.leave(CLOSES['try-again'])
        else connection.shut(false)
      }
    },
    tell(news) {
      // Between two sweeps a token may have run out; its connection must not hear of this.
      sweep()
      for (const connection of index.hearingPairing) {
        if (!mayKnow(connection, news)) continue
        const { event, payload } = newsEvent(news, connection.extended)
        connection.tell(event, payload)
      }
    },
    tellMessage(sent) {
      sweep()
      const payload = chatPayload(sent)
      for (const sessionId of [sent.message.sessionId, EVERY_SESSION])
        for (const connection of index.ofSession(sessionId))
          if (connection.hearsChat) connection.tell('chat', payload)
    },
    isConnected: (deviceId) => !index.ofDevice(deviceId)[Symbol.iterator]().next().done,
    ofDevice: (deviceId) => Array.from(index.ofDevice(deviceId)).filter(({ isOpen }) => isOpen),
    deviceIds: () => [...index.deviceIds()],
    sweep,
    each(visit) {
      for (const connection of index.all) visit(connection)
    },
    principals: () => Array.from(index.all, ({ principal }) => principal),
    get size() {
      return index.all.size
    },
  }
}

function isUnpaired({ principal }: Connection): boolean {
  return principal.kind === 'unpaired'
}

function createShut(timers: Timers) {
  return (connection: Connection, close: Close, causedBy: string | undefined): void => {
    const own = connection.principal.connId === causedBy
    connection.shut(own, close)
    // The reply leaves first; a connection that finds no last words is closed all the same.
    if (own) timers.after(LAST_WORDS_MS, () => connection.leave(close))
  }
}

/** As with the list: of itself, of its session, of strangers who ask, and of what it handed out. */
function mayKnow({ principal }: Connection, news: PairingNews): boolean {
  // Codes are demoted for all who handed one out.
  if (news.kind === 'guessing') return true
  if (news.kind === 'invitation') return !isForeignInvitation(principal, news.invitation)
  const about = news.kind === 'requested' ? news.request.deviceId : news.deviceId
  if (news.kind === 'changed' && news.change === 'arrived' && principal.sessionId === EVERY_SESSION)
    return false
  const may = news.kind === 'changed' ? mayManage : mayDecide
  return may(principal, about, news.home)
}
