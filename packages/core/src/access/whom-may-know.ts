import { EVERY_SESSION } from '@pairgate/protocol'
import { isSelfScoped, type Principal } from '../domain/principal.ts'

/**
 * Of whom a principal may know that they are connected: of nobody in another session than its own, and
 * a device that manages only itself of nobody but itself.
 */
export function whomMayKnow(viewer: Principal): (other: Principal) => boolean {
  const { sessionId } = viewer
  const own = isSelfScoped(viewer) ? viewer : undefined
  return (other) =>
    (sessionId === EVERY_SESSION || sessionId === other.sessionId) && (!own || isSame(own, other))
}

/** One connection, or two of one device. */
function isSame(own: Principal, other: Principal): boolean {
  if (own.connId === other.connId) return true
  return own.kind === 'device' && other.kind === 'device' && own.deviceId === other.deviceId
}
