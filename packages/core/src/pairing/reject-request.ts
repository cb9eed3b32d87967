import type { RequestId } from '@pairgate/protocol'
import { type OpenRequest, rejectRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide } from '../events/decide.ts'
import { findDecidable } from './request-fate.ts'

/** An operator says no, once. */
export function createRejectRequest({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, requestId: RequestId): Promise<Result<OpenRequest>> =>
    decide(principal, async ({ tx, actor, now, append }) => {
      const found = await findDecidable(tx, principal, { requestId, now, foreign: 'rejection-denied' })
      if (!found.ok) return found
      const { request, home } = found.value

      if (!(await tx.settleRequest(rejectRequest(request, actor.ref, now))))
        return refuse({ reason: 'request-unknown', fate: { kind: 'decided' } })
      await append({ kind: 'pairing-rejected', requestId, deviceId: request.deviceId, home })
      return ok(request)
    })
}
