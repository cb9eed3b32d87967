import type { RequestId } from '@pairgate/protocol'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'
import { isForeign, openOrFate } from './request-fate.ts'

/** An operator says no, once. */
export function createRejectRequest({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, requestId: RequestId): Promise<Result<OpenRequest>> =>
    decide(principal, async ({ tx, actor, now, append }) => {
      const stored = await tx.findRequest(requestId)
      if (isForeign(principal, stored)) return refuse({ reason: 'rejection-denied' })
      const request = openOrFate(stored, now)
      if (!request.ok) return request

      const decided = {
        ...request.value,
        state: 'rejected',
        decidedAt: now,
        decidedBy: actor.ref,
        supersededBy: undefined,
      } as const
      if (!(await tx.settleRequest(decided)))
        return refuse({ reason: 'request-unknown', fate: { kind: 'decided' } })
      await append({ kind: 'pairing-rejected', requestId, deviceId: request.value.deviceId })
      return ok(request.value)
    })
}
