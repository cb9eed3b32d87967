import { parseAccessSecret, type WebOrigin } from '@pairgate/protocol'
import { accessScopes } from '../domain/access-token.ts'
import type { DevicePrincipal } from '../domain/principal.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { FoundAccess, StandingAccess } from './standing-access.ts'

export interface CheckAccessTokenDeps {
  readonly access: Pick<StandingAccess, 'find'>
  readonly crypto: Pick<Crypto, 'hashToken'>
  readonly clock: Clock
}

/** What is asked with an access token, and where from. */
export interface AccessUse {
  /** The app that is meant, if that is known. */
  readonly origin: WebOrigin | undefined
  readonly remoteIp: string | undefined
  readonly connId: string
}

/**
 * Who carries an access token, as its device and no wider; `undefined` for one that opens nothing, whatever
 * the reason: who has no key to prove is told none.
 */
export function createCheckAccessToken({ access, crypto, clock }: CheckAccessTokenDeps) {
  function judge(found: FoundAccess | undefined, use: AccessUse): DevicePrincipal | undefined {
    if (!found) return undefined
    const { deviceId, role, parentId, sessionId, audience } = found.access
    const scopes = accessScopes(found.access, found.parent, clock.now())
    if (!scopes || (audience !== undefined && audience !== use.origin)) return undefined
    const { remoteIp, connId } = use
    const facts = { role, scopes, sessionId, remoteIp, connId }
    return { kind: 'device', deviceId, tokenId: parentId, ...facts, byDeviceToken: false }
  }
  return (
    text: string,
    use: AccessUse,
  ): DevicePrincipal | undefined | Promise<DevicePrincipal | undefined> => {
    const secret = parseAccessSecret(text)
    if (!secret) return undefined
    const found = access.find(crypto.hashToken(secret))
    return found instanceof Promise ? found.then((loaded) => judge(loaded, use)) : judge(found, use)
  }
}
