import { authorize, type Core, type Principal } from '@pairgate/core'
import { parseScope, type Scope } from '@pairgate/protocol'
import { HTTP_ROUTES } from '@pairgate/protocol/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isDatabaseAway } from '../state/watch-database.ts'
import type { ReadAskedFor } from './asked-for.ts'
import { refuseOthers } from './health-routes.ts'
import { type HttpCredential, readCredential } from './read-credential.ts'

const PATH = '/__pairgate__/verify'

export interface VerifyRouteDeps {
  readonly checkAccessToken: Core['checkAccessToken']
  readonly readAskedFor: ReadAskedFor
  /** Told of every request that was let through. */
  readonly onUse: (principal: Principal) => void
  /** Nobody is let in at the moment. */
  readonly isClosed: () => boolean
}

/**
 * Answers a proxy that asks whether a request may pass (`auth_request`, `forward_auth`): 204 with the identity
 * in headers, else 401 or 403. The query is not looked at, because some proxies append their client's.
 */
export function addVerifyRoute(app: FastifyInstance, deps: VerifyRouteDeps): void {
  const verify = createVerify(deps)
  app.get(PATH, (request, reply) => verify(request, reply, 'none'))
  refuseOthers(app, PATH)
  app.get(`${PATH}/:scope`, (request: FastifyRequest<{ Params: { scope: string } }>, reply) => {
    const scope = parseScope(request.params.scope)
    // Unknown is refused: a scope that nobody can hold must not look like one that somebody lacks.
    return scope ? verify(request, reply, scope) : say(reply, UNKNOWN_SCOPE)
  })
}

type Verify = (request: FastifyRequest, reply: FastifyReply, scope: Scope | 'none') => Promise<FastifyReply>

function createVerify({ checkAccessToken, readAskedFor, onUse, isClosed }: VerifyRouteDeps): Verify {
  async function identify(
    request: FastifyRequest,
    credential: HttpCredential,
  ): Promise<Principal | undefined> {
    const { peer } = request
    if (credential.scheme !== 'bearer' || !peer) return undefined
    return checkAccessToken(credential.token, {
      origin: readAskedFor(request.raw, peer)?.origin,
      remoteIp: peer.address,
      connId: request.id,
    })
  }
  return async (request, reply, scope) => {
    // Always there, also empty: what a proxy copies must never be what its client sent.
    identityOf(reply, undefined)
    if (isClosed()) return say(reply, UNAVAILABLE)
    const credential = readCredential(request.raw)
    if (credential === 'none') return say(reply, CREDENTIAL_MISSING)
    try {
      const principal = credential === 'unclear' ? undefined : await identify(request, credential)
      if (!principal) return say(reply, TOKEN_INVALID)
      const need = scope === 'none' ? HTTP_ROUTES[PATH] : { ...HTTP_ROUTES[PATH], scope }
      if (!authorize(principal, need).ok) return say(reply, scopeMissing(scope))
      onUse(principal)
      return identityOf(reply, principal).code(204).send()
    } catch (error) {
      if (isDatabaseAway(error)) return say(reply, UNAVAILABLE)
      throw error
    }
  }
}

function identityOf(reply: FastifyReply, principal: Principal | undefined): FastifyReply {
  const device = principal?.kind === 'device' ? principal.deviceId : ''
  return reply
    .header('X-Pairgate-Device', device)
    .header('X-Pairgate-Session', principal?.sessionId ?? '')
    .header('X-Pairgate-Role', principal?.role ?? '')
    .header('X-Pairgate-Scopes', principal?.scopes.join(' ') ?? '')
}

/** A "no" of RFC 6750, section 3. */
interface TokenRefusal {
  readonly status: number
  readonly challenge?: string
  readonly retryAfter?: number
  readonly code: string
  readonly message: string
}

function say(
  reply: FastifyReply,
  { status, challenge, retryAfter, code, message }: TokenRefusal,
): FastifyReply {
  if (challenge !== undefined) reply.header('WWW-Authenticate', challenge)
  if (retryAfter !== undefined) reply.header('Retry-After', String(retryAfter))
  return reply.code(status).send({ error: { code, message } })
}

const REALM = 'Bearer realm="pairgate"'
// RFC 6750: who brought nothing is told no error, only what to bring.
const CREDENTIAL_MISSING: TokenRefusal = {
  status: 401,
  challenge: REALM,
  code: 'CREDENTIAL_MISSING',
  message: 'Send an access token: Authorization: Bearer pga_… (openclaw token makes one).',
}
const TOKEN_INVALID: TokenRefusal = {
  status: 401,
  challenge: `${REALM}, error="invalid_token"`,
  code: 'TOKEN_INVALID',
  message: 'The token is not valid here (any more).',
}
const UNAVAILABLE: TokenRefusal = {
  status: 503,
  retryAfter: 2,
  code: 'UNAVAILABLE',
  message: 'The gateway cannot check tokens at the moment.',
}
const UNKNOWN_SCOPE: TokenRefusal = { status: 404, code: 'NOT_FOUND', message: 'There is no such scope.' }

function scopeMissing(scope: string): TokenRefusal {
  return {
    status: 403,
    challenge: `${REALM}, error="insufficient_scope", scope="${scope}"`,
    code: 'SCOPE_MISSING',
    message: `The token does not hold the scope ${scope}.`,
  }
}
