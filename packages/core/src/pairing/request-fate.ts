import type { Instant } from '@pairgate/protocol'
import { isOpen, type OpenRequest, type PairingRequest } from '../domain/pairing-request.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { RequestFate } from '../domain/refusal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'

/** The request if it can still be decided, or what became of it. */
export function openOrFate(request: PairingRequest | undefined, now: Instant): Result<OpenRequest> {
  if (request && isOpen(request, now)) return ok(request)
  return refuse({ reason: 'request-unknown', fate: fateOf(request) })
}

function fateOf(request: PairingRequest | undefined): RequestFate {
  if (!request) return { kind: 'unknown' }
  if (request.state === 'open') return { kind: 'expired' }
  return request.state === 'superseded'
    ? { kind: 'superseded', by: request.supersededBy }
    : { kind: 'decided' }
}

/** Whether a request is none of the principal's business: "unknown" and "foreign" must then answer alike. */
export function isForeign(principal: Principal, request: PairingRequest | undefined): boolean {
  return isSelfScoped(principal) && request?.deviceId !== principal.deviceId
}
