import { parseAppCookie } from '@pairgate/protocol'
import { capScopes } from '../connect/admission.ts'
import { accessScopes } from '../domain/access-token.ts'
import { idleDeadline } from '../domain/token.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import { type HttpUse, type HttpVerdict, httpFault } from './http-use.ts'
import type { FoundAccess, StandingAccess } from './standing-access.ts'

export interface CheckAppCookieDeps {
  readonly access: Pick<StandingAccess, 'find' | 'read'>
  readonly crypto: Pick<Crypto, 'hashToken'>
  readonly clock: Pick<Clock, 'now'>
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
}

/** Who comes with the cookie of an app, to that app and no other. Answers at once for what is remembered. */
export function createCheckAppCookie({ access, crypto, clock, pairing }: CheckAppCookieDeps) {
  function judge(found: FoundAccess | undefined, route: string, use: HttpUse): HttpVerdict {
    if (!found || found.access.route !== route) return httpFault('token')
    const { deviceId, role, parentId, sessionId } = found.access
    const scopes = accessScopes(found.access, found.parent, clock.now(), pairing.idleTtlMs)
    if (!scopes) return httpFault('token')
    const { remoteIp, connId } = use
    const facts = { role, scopes: capScopes(scopes, use), sessionId, remoteIp, connId }
    return {
      ok: true,
      principal: { kind: 'device', deviceId, tokenId: parentId, ...facts, byDeviceToken: false },
      expiresAt: found.parent?.expiresAt,
    }
  }
  /** Its row may have been used since it was read: that is no event, so only the store can tell. */
  function looksIdle({ parent }: FoundAccess): boolean {
    const end = parent && idleDeadline(parent, pairing.idleTtlMs)
    return end !== undefined && clock.now() >= end
  }
  return (text: string, route: string, use: HttpUse): HttpVerdict | Promise<HttpVerdict> => {
    const secret = parseAppCookie(text)
    if (!secret) return httpFault('token')
    const hash = crypto.hashToken(secret)
    const found = access.find(hash)
    if (found instanceof Promise) return found.then((loaded) => judge(loaded, route, use))
    if (found && looksIdle(found)) return access.read(hash).then((loaded) => judge(loaded, route, use))
    return judge(found, route, use)
  }
}
