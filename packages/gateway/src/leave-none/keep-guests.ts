import type { Core } from '@pairgate/core'
import type { Connection } from '../ws/connection.ts'

/** Writes down who is let in without a pairing, and what he does. A paired device costs one look. */
export function createKeepGuests({ guests }: Pick<Core, 'guests'>) {
  const keys = new WeakMap<Connection, string>()
  return {
    onOpen(connection: Connection): void {
      const { door, principal, metadata } = connection
      if (principal.kind !== 'unpaired' || !door) return
      const { deviceId, remoteIp, role } = principal
      const visit = { deviceId: deviceId || undefined, metadata, remoteIp, role, scopes: door.asked }
      keys.set(connection, guests.arrived(visit))
    },
    onServed(connection: Connection, method: string): void {
      const key = connection.door && keys.get(connection)
      if (key !== undefined) guests.called(key, method)
    },
  }
}

export type KeepGuests = ReturnType<typeof createKeepGuests>
