import { EVERY_SESSION } from '@pairgate/protocol'
import { isSelfScoped, type Principal } from '../domain/principal.ts'

/**
 * Of whom a principal may know that they are connected: of nobody in another session than its own, and
 * a device that manages only itself of nobody but itself.
 */
export function whomMayKnow(viewer: Principal): (other: Principal) => boolean {
  const { sessionId } = viewer
  const own = isSelfScoped(viewer) ? viewer.deviceId : undefined
  return (other) =>
    (sessionId === EVERY_SESSION || sessionId === other.sessionId) &&
    (own === undefined || (other.kind === 'device' && other.deviceId === own))
}
