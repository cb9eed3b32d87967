import type { DeviceId } from '@pairgate/protocol'
import type { Home } from '../access/home-session.ts'
import { rejectRequest } from '../domain/pairing-request.ts'
import type { Decision } from '../events/decide.ts'

/**
 * Kills every open request of a device that was revoked or removed, or of everybody (`undefined`): a stale
 * one must not revive it (T25). `home` is where that device lay before.
 */
export async function closeRequestsOf(
  deviceId: DeviceId | undefined,
  { tx, actor, now, append }: Decision,
  home?: Home,
): Promise<void> {
  for (const request of await tx.listOpenRequests(now, deviceId)) {
    if (await tx.settleRequest(rejectRequest(request, actor.ref, now))) {
      const { id: requestId, deviceId: of } = request
      await append({ kind: 'pairing-rejected', requestId, deviceId: of, home })
    }
  }
}
