import type { Instant, WebOrigin } from '@pairgate/protocol'
import type { DevicePrincipal } from '../domain/principal.ts'

/** The HTTP request that a token is shown for, and where it comes from. */
export interface HttpUse {
  /** What is asked for, if that can be said for sure; most tokens are good whatever it is, and then nobody asks. */
  asked(): HttpAsk | undefined
  readonly remoteIp: string | undefined
  readonly connId: string
  /** Header `x-openclaw-scopes`: no scope outside of it. */
  readonly scopeCap: readonly string[] | undefined
}
export interface HttpAsk {
  readonly method: string
  readonly origin: WebOrigin
  /** Path and query as they were written. */
  readonly target: string
}

/** Why a token opens nothing. `proof`: it is not shown to be the caller's. `nonce`: it would be, with a nonce. */
export type HttpFault = 'token' | 'proof' | 'nonce'

/** Who shows a token, and until when the device token behind it stands; or what is wrong with it. */
export type HttpVerdict =
  | { readonly ok: true; readonly principal: DevicePrincipal; readonly expiresAt: Instant | undefined }
  | { readonly ok: false; readonly fault: HttpFault }

export function httpFault(fault: HttpFault): HttpVerdict {
  return { ok: false, fault }
}
