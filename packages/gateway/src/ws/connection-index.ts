import type { DeviceId, Instant, SessionId } from '@pairgate/protocol'
import { type Few, itemsOf, withItem, withoutItem } from '../platform/few.ts'
import type { Connection } from './connection.ts'

/** Live connections by what they are looked up by: a message must not cost a walk over ten thousand of them. */
export interface ConnectionIndex {
  add(connection: Connection): void
  remove(connection: Connection): void
  /** Its token ends at another time than it came with. */
  setDeadline(connection: Connection, expiresAt: Instant | undefined): void
  readonly all: ReadonlySet<Connection>
  ofDevice(id: DeviceId): Iterable<Connection>
  /** Each that is connected, once. */
  deviceIds(): Iterable<DeviceId>
  /** Those whose token opens exactly this; for `*` those that hold every session. */
  ofSession(id: SessionId): Iterable<Connection>
  readonly hearingPairing: ReadonlySet<Connection>
  /** Those whose token has a deadline. */
  readonly expiring: ReadonlySet<Connection>
}

export function createConnectionIndex(): ConnectionIndex {
  const all = new Set<Connection>()
  const hearingPairing = new Set<Connection>()
  const expiring = new Set<Connection>()
  const devices = createGroups<DeviceId>()
  const sessions = createGroups<SessionId>()
  return {
    add(connection) {
      const { principal } = connection
      all.add(connection)
      if (connection.hearsPairing) hearingPairing.add(connection)
      if (connection.expiresAt !== undefined) expiring.add(connection)
      if ('deviceId' in principal) devices.add(principal.deviceId, connection)
      sessions.add(principal.sessionId, connection)
    },
    remove(connection) {
      const { principal } = connection
      all.delete(connection)
      hearingPairing.delete(connection)
      expiring.delete(connection)
      if ('deviceId' in principal) devices.remove(principal.deviceId, connection)
      sessions.remove(principal.sessionId, connection)
    },
    setDeadline(connection, expiresAt) {
      connection.setDeadline(expiresAt)
      if (expiresAt === undefined) expiring.delete(connection)
      else expiring.add(connection)
    },
    all,
    ofDevice: devices.of,
    deviceIds: devices.keys,
    ofSession: sessions.of,
    hearingPairing,
    expiring,
  }
}

function createGroups<Key>() {
  const groups = new Map<Key, Few<Connection>>()
  return {
    add(key: Key, connection: Connection): void {
      groups.set(key, withItem(groups.get(key), connection))
    },
    remove(key: Key, connection: Connection): void {
      const rest = withoutItem(groups.get(key), connection)
      if (rest === undefined) groups.delete(key)
      else groups.set(key, rest)
    },
    of: (key: Key): Iterable<Connection> => itemsOf(groups.get(key)),
    keys: (): Iterable<Key> => groups.keys(),
  }
}
