import { parseAccessSecret } from '@pairgate/protocol'
import { capScopes } from '../connect/admission.ts'
import { accessScopes } from '../domain/access-token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import { type HttpUse, type HttpVerdict, httpFault } from './http-use.ts'
import type { FoundAccess, StandingAccess } from './standing-access.ts'

export interface CheckAccessTokenDeps {
  readonly access: Pick<StandingAccess, 'find'>
  readonly crypto: Pick<Crypto, 'hashToken'>
  readonly clock: Clock
}

/**
 * Who carries an access token, as its device and no wider. One that opens nothing is refused in the same way
 * whatever the reason: who has no key to prove is told none. Answers at once for what is remembered.
 */
export function createCheckAccessToken({ access, crypto, clock }: CheckAccessTokenDeps) {
  function judge(found: FoundAccess | undefined, use: HttpUse): HttpVerdict {
    if (!found) return httpFault('token')
    const { deviceId, role, parentId, sessionId, audience, route } = found.access
    const scopes = accessScopes(found.access, found.parent, clock.now())
    const isElsewhere = audience !== undefined && audience !== use.asked()?.origin
    // The cookie of an app is read where its route is known, and nowhere else.
    if (!scopes || isElsewhere || route !== undefined) return httpFault('token')
    const { remoteIp, connId } = use
    const facts = { role, scopes: capScopes(scopes, use), sessionId, remoteIp, connId }
    return {
      ok: true,
      principal: { kind: 'device', deviceId, tokenId: parentId, ...facts, byDeviceToken: false },
      expiresAt: found.parent?.expiresAt,
    }
  }
  return (text: string, use: HttpUse): HttpVerdict | Promise<HttpVerdict> => {
    const secret = parseAccessSecret(text)
    if (!secret) return httpFault('token')
    const found = access.find(crypto.hashToken(secret))
    return found instanceof Promise ? found.then((loaded) => judge(loaded, use)) : judge(found, use)
  }
}
