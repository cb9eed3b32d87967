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
import type { Peer } from './peer.ts'
import { readCredential } from './read-credential.ts'
import {
  CREDENTIAL_MISSING,
  faultRefusal,
  scopeRefusal,
  type TokenRefusal,
  type TokenScheme,
} from './token-refusal.ts'

export interface AuthenticateDeps {
  readonly core: Pick<Core, 'checkAccessToken' | 'checkDpopToken' | 'dpopNonce'>
}

/** What a request asks for, and what that needs. */
export interface HttpNeed {
  readonly peer: Peer
  readonly asked: HttpUse['asked']
  readonly requirement: Requirement
  /** How the audit would name it. */
  readonly connId: string
}

/** Who sends a request and until when its device token stands, or the answer that it gets. */
export type Authenticated =
  | { readonly ok: true; readonly principal: Principal; readonly expiresAt: Instant | undefined }
  | { readonly ok: false; readonly refusal: TokenRefusal }

/** Answers at once, without a promise, when what it has to know is remembered. */
export type Authenticate = (
  request: IncomingMessage,
  need: HttpNeed,
) => Authenticated | Promise<Authenticated>

/** The one way from an HTTP request to a principal: its credential, and then the judge of every transport. */
export function createAuthenticate({ core }: AuthenticateDeps): Authenticate {
  function conclude(verdict: HttpVerdict, scheme: TokenScheme, { requirement }: HttpNeed): Authenticated {
    if (!verdict.ok) return { ok: false, refusal: faultRefusal(verdict.fault, scheme, core.dpopNonce) }
    const allowed = authorize(verdict.principal, requirement)
    return allowed.ok ? verdict : { ok: false, refusal: scopeRefusal(scheme, requirement.scope) }
  }
  return (request, need) => {
    const credential = readCredential(request)
    if (credential === 'none') return { ok: false, refusal: CREDENTIAL_MISSING }
    if (credential === 'unclear') return conclude({ ok: false, fault: 'token' }, 'bearer', need)
    const { scheme, token } = credential
    const { peer, asked, connId } = need
    const use: HttpUse = { asked, connId, remoteIp: peer.address, scopeCap: peer.scopeCap }
    const verdict =
      scheme === 'bearer'
        ? core.checkAccessToken(token, use)
        : core.checkDpopToken(token, proofOf(request), use)
    return verdict instanceof Promise
      ? verdict.then((late) => conclude(late, scheme, need))
      : conclude(verdict, scheme, need)
  }
}

/** Node joins several headers with a comma, and that is no proof. */
function proofOf({ headers: { dpop } }: IncomingMessage): string {
  return String(dpop ?? '')
}
