import { DPOP_ALGORITHMS, type HttpFault } from '@pairgate/core'
import type { FastifyReply } from 'fastify'

/** A "no" to whoever shows a token, in the words of RFC 6750 (section 3) and RFC 9449 (section 7.1). */
export interface TokenRefusal {
  readonly status: 401 | 403 | 404 | 503
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly code: string
  readonly message: string
}

export function sendTokenRefusal(
  reply: FastifyReply,
  { status, headers, code, message }: TokenRefusal,
): FastifyReply {
  for (const [name, value] of Object.entries(headers)) reply.header(name, value)
  return reply.code(status).send({ error: { code, message } })
}

export type TokenScheme = 'bearer' | 'dpop' | 'cookie'

const REALMS: Readonly<Record<TokenScheme, string>> = {
  bearer: 'Bearer realm="pairgate"',
  // No scheme of the header stands for cookies, so it is told what else would do.
  cookie: 'Bearer realm="pairgate"',
  dpop: `DPoP realm="pairgate", algs="${DPOP_ALGORITHMS}"`,
}
const challenge = (scheme: TokenScheme, error: string) => ({
  'WWW-Authenticate': `${REALMS[scheme]}, error="${error}"`,
})

// RFC 6750: who brought nothing is told no error, only what to bring.
export const CREDENTIAL_MISSING: TokenRefusal = {
  status: 401,
  headers: { 'WWW-Authenticate': [REALMS.bearer, REALMS.dpop] },
  code: 'CREDENTIAL_MISSING',
  message: 'Send an access token (Authorization: Bearer pga_…), or a device token with a DPoP proof.',
}
export const FOREIGN_PAGE: TokenRefusal = {
  status: 403,
  headers: {},
  code: 'ORIGIN_NOT_ALLOWED',
  message: 'With a cookie only a page of this very origin may ask for this.',
}
/** With 404 some proxies answer that they are broken. */
export const APP_NOWHERE: TokenRefusal = {
  status: 403,
  headers: {},
  code: 'NOT_FOUND',
  message: 'No entry of gateway.upstreams with this host has this path.',
}
/** 403 for the same reason. */
export const REQUEST_UNCLEAR: TokenRefusal = {
  status: 403,
  headers: {},
  code: 'REQUEST_UNCLEAR',
  message:
    'What the proxy says of the request cannot be read for sure, so nobody is let in by it. Send another method or path.',
}
export const UNAVAILABLE: TokenRefusal = {
  status: 503,
  headers: { 'Retry-After': '2' },
  code: 'UNAVAILABLE',
  message: 'The gateway cannot check tokens at the moment.',
}
export const UNKNOWN_SCOPE: TokenRefusal = {
  status: 404,
  headers: {},
  code: 'NOT_FOUND',
  message: 'There is no such scope.',
}

/** @param nonce what the next proof has to hold, for the fault `nonce`. */
export function faultRefusal(fault: HttpFault, scheme: TokenScheme, nonce: () => string): TokenRefusal {
  switch (fault) {
    case 'token':
      return {
        status: 401,
        headers: challenge(scheme, 'invalid_token'),
        code: 'TOKEN_INVALID',
        message: 'The token is not valid here (any more).',
      }
    case 'proof':
      return {
        status: 401,
        headers: challenge(scheme, 'invalid_dpop_proof'),
        code: 'PROOF_INVALID',
        message: 'The DPoP proof is not one for this request, or was used before.',
      }
    case 'nonce':
      return {
        status: 401,
        headers: { ...challenge(scheme, 'use_dpop_nonce'), 'DPoP-Nonce': nonce() },
        code: 'NONCE_NEEDED',
        message: 'Send a DPoP proof with the nonce of this answer.',
      }
  }
}

export function scopeRefusal(scheme: TokenScheme, scope: string): TokenRefusal {
  const { 'WWW-Authenticate': said } = challenge(scheme, 'insufficient_scope')
  return {
    status: 403,
    headers: { 'WWW-Authenticate': `${said}, scope="${scope}"` },
    code: 'SCOPE_MISSING',
    message: `The token does not hold the scope ${scope}.`,
  }
}
