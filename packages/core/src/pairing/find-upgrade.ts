import type { Instant, RequestId } from '@pairgate/protocol'
import { isOpen } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoreReader } from '../ports/store.ts'

/** What has become of a scope upgrade so far. */
export type UpgradeFate =
  | { readonly status: 'open'; readonly until: Instant }
  | { readonly status: 'approved'; readonly token: Token }
  | { readonly status: 'rejected' | 'expired' }

export interface FindUpgradeDeps {
  readonly read: StoreReader
  readonly clock: Clock
}

/** A device looks after its own request. Of any other one it learns no more than that there is none. */
export function createFindUpgrade({ read, clock }: FindUpgradeDeps) {
  return async (principal: Principal, requestId: RequestId): Promise<Result<UpgradeFate>> => {
    if (principal.kind !== 'device') return refuse({ reason: 'upgrade-needs-device' })
    const { deviceId, role, tokenId } = principal
    const request = await read.findRequest(requestId)
    if (request?.deviceId !== deviceId || request.role !== role) return refuse({ reason: 'upgrade-unknown' })
    const now = clock.now()
    if (request.state === 'open')
      return ok(isOpen(request, now) ? { status: 'open', until: request.expiresAt } : { status: 'expired' })
    if (request.state !== 'approved') return ok({ status: 'rejected' })
    const token = await read.findToken(deviceId, role)
    // The connection came with this very secret, so saying it again tells nothing new.
    const stands = token?.tokenId === tokenId && tokenState(token, now, undefined) === 'live'
    if (!stands) return refuse({ reason: 'upgrade-unknown' })
    return token.scopes.length > 0 ? ok({ status: 'approved', token }) : ok({ status: 'rejected' })
  }
}
