import type { IncomingMessage } from 'node:http'
import {
  authorize,
  type Core,
  type HttpUse,
  type HttpVerdict,
  type Principal,
  type Requirement,
} from '@pairgate/core'
import type { Instant } from '@pairgate/protocol'
import { isCrossSite } from './cross-site.ts'
import type { Peer } from './peer.ts'
import { readCredential } from './read-credential.ts'
import {
  CREDENTIAL_MISSING,
  FOREIGN_PAGE,
  faultRefusal,
  scopeRefusal,
  type TokenRefusal,
  type TokenScheme,
} from './token-refusal.ts'

export interface AuthenticateDeps {
  readonly core: Pick<Core, 'checkAccessToken' | 'checkAppCookie' | 'checkDpopToken' | 'dpopNonce'>
}

/** The cookie by which browsers are known at the app that is asked for. */
export interface AppCookieName {
  readonly name: string
  readonly route: string
}

/** What a request asks for, and what that needs. */
export interface HttpNeed {
  readonly peer: Peer
  readonly asked: HttpUse['asked']
  readonly requirement: Requirement
  /** How the audit would name it. */
  readonly connId: string
  /** Left out: cookies open nothing. */
  readonly cookie?: AppCookieName | undefined
}

/** What was looked at: a header of ours, a cookie, or nothing. */
export type Shown = 'authorization' | 'cookie' | 'nothing'

/** Who sends a request and until when its device token stands, or the answer that it gets. */
export type Authenticated =
  | {
      readonly ok: true
      readonly principal: Principal
      readonly expiresAt: Instant | undefined
      readonly shown: Shown
    }
  | { readonly ok: false; readonly refusal: TokenRefusal; readonly shown: Shown }

/** Answers at once, without a promise, when what it has to know is remembered. */
export type Authenticate = (
  request: IncomingMessage,
  need: HttpNeed,
) => Authenticated | Promise<Authenticated>

/** The one way from an HTTP request to a principal: its credential, and then the judge of every transport. */
export function createAuthenticate({ core }: AuthenticateDeps): Authenticate {
  function conclude(verdict: HttpVerdict, scheme: TokenScheme, { requirement }: HttpNeed): Authenticated {
    const shown = scheme === 'cookie' ? 'cookie' : 'authorization'
    if (!verdict.ok) return { ok: false, refusal: faultRefusal(verdict.fault, scheme, core.dpopNonce), shown }
    const allowed = authorize(verdict.principal, requirement)
    if (!allowed.ok) return { ok: false, refusal: scopeRefusal(scheme, requirement.scope), shown }
    return { ...verdict, shown }
  }
  function check(request: IncomingMessage, scheme: TokenScheme, token: string, need: HttpNeed) {
    const { peer, asked, connId, cookie } = need
    const use: HttpUse = { asked, connId, remoteIp: peer.address, scopeCap: peer.scopeCap }
    if (scheme === 'bearer') return core.checkAccessToken(token, use)
    if (scheme === 'dpop') return core.checkDpopToken(token, proofOf(request), use)
    return core.checkAppCookie(token, cookie?.route ?? '', use)
  }
  return (request, need) => {
    const credential = readCredential(request, need.cookie?.name)
    if (credential === 'none') return { ok: false, refusal: CREDENTIAL_MISSING, shown: 'nothing' }
    if (credential === 'foreign') return NOT_OURS
    if (credential === 'unclear') return conclude({ ok: false, fault: 'token' }, 'bearer', need)
    const { scheme, token } = credential
    if (scheme === 'cookie' && isCrossSite(request.headers, need.asked()))
      return { ok: false, refusal: FOREIGN_PAGE, shown: 'cookie' }
    const verdict = check(request, scheme, token, need)
    return verdict instanceof Promise
      ? verdict.then((late) => conclude(late, scheme, need))
      : conclude(verdict, scheme, need)
  }
}

const NOT_OURS: Authenticated = {
  ok: false,
  refusal: faultRefusal('token', 'bearer', () => ''),
  shown: 'nothing',
}

/** Node joins several headers with a comma, and that is no proof. */
function proofOf({ headers: { dpop } }: IncomingMessage): string {
  return String(dpop ?? '')
}
