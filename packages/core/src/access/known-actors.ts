import { type DeviceId, EVERY_SESSION, parseDeviceId } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import type { StoreReader } from '../ports/store.ts'
import { homeOf } from './home-session.ts'

/**
 * Which of these actors (`actorRef`) a principal may be told by name: who holds one session, only devices that
 * lie in it now. A device that has moved keeps who let it in before.
 */
export async function findKnownActors(
  read: Pick<StoreReader, 'listTokensOf'>,
  principal: Principal,
  refs: readonly string[],
): Promise<(ref: string) => boolean> {
  const { sessionId } = principal
  if (sessionId === EVERY_SESSION) return () => true
  const ids = [...new Set(refs)].map(deviceOf).filter((id) => id !== undefined)
  const tokensOf = Map.groupBy(await read.listTokensOf(ids), ({ deviceId }) => deviceId)
  const own = principal.kind === 'device' ? principal.deviceId : undefined
  return (ref) => {
    const id = deviceOf(ref)
    return id === undefined || id === own || homeOf(tokensOf.get(id) ?? []) === sessionId
  }
}

function deviceOf(ref: string): DeviceId | undefined {
  return ref.startsWith('device:') ? parseDeviceId(ref.slice('device:'.length)) : undefined
}
