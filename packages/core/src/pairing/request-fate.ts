import type { Instant, RequestId } from '@pairgate/protocol'
import { findHome, type Home, mayDecide } from '../access/home-session.ts'
import { isOpen, type OpenRequest, type PairingRequest } from '../domain/pairing-request.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { RequestFate } from '../domain/refusal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { StoreReader } from '../ports/store.ts'

export interface Decidable {
  readonly request: OpenRequest
  /** Where its device lies. */
  readonly home: Home
}

/**
 * The request if the principal may decide it and it can still be decided, or what became of it. What is none
 * of its business answers as if it did not exist: with `foreign` for a device that manages only itself.
 */
export async function findDecidable(
  read: StoreReader,
  principal: Principal,
  ask: {
    readonly requestId: RequestId
    readonly now: Instant
    readonly foreign: 'approval-denied' | 'rejection-denied'
  },
): Promise<Result<Decidable>> {
  const stored = await read.findRequest(ask.requestId)
  const home = stored && (await findHome(read, stored.deviceId))
  const known = stored && mayDecide(principal, stored.deviceId, home) ? stored : undefined
  if (!known && isSelfScoped(principal)) return refuse({ reason: ask.foreign })
  if (known && isOpen(known, ask.now)) return ok({ request: known, home })
  return refuse({ reason: 'request-unknown', fate: fateOf(known) })
}

function fateOf(request: PairingRequest | undefined): RequestFate {
  if (!request) return { kind: 'unknown' }
  if (request.state === 'open') return { kind: 'expired' }
  return request.state === 'superseded'
    ? { kind: 'superseded', by: request.supersededBy }
    : { kind: 'decided' }
}
