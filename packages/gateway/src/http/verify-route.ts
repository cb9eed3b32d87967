import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Principal } from '@pairgate/core'
import { parseScope, type Scope } from '@pairgate/protocol'
import { HTTP_ROUTES } from '@pairgate/protocol/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { carriesOurSecret } from '../proxy/judge-target.ts'
import { isDatabaseAway } from '../state/watch-database.ts'
import type { ReadAskedFor } from './asked-for.ts'
import type { Authenticate, Authenticated } from './authenticate.ts'
import { refuseOthers } from './health-routes.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { sendTokenRefusal, UNAVAILABLE, UNKNOWN_SCOPE } from './token-refusal.ts'

const PATH = '/__pairgate__/verify'

export interface VerifyRouteDeps {
  readonly authenticate: Authenticate
  readonly readAskedFor: ReadAskedFor
  /** Told of every request that was let through, and on which connection. */
  readonly onUse: (principal: Principal, socket: Socket) => void
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
    if (scope) return verify(request, reply, scope)
    // Unknown is refused: a scope that nobody can hold must not look like one that somebody lacks.
    sendTokenRefusal(reply.headers(identityOf(undefined)), UNKNOWN_SCOPE)
    return undefined
  })
}

type Verify = (
  request: FastifyRequest,
  reply: FastifyReply,
  scope: Scope | 'none',
) => Promise<void> | undefined

/** Without a promise where none is needed: each costs more than the check of a token that is remembered. */
function createVerify({ authenticate, readAskedFor, onUse, isClosed }: VerifyRouteDeps): Verify {
  function judge({ raw, peer, id: connId }: FastifyRequest, scope: Scope | 'none') {
    if (isClosed() || !peer) return CLOSED
    if (peer.proxied && asksWithSecret(raw.headers)) return SECRET_ASKED
    const row = HTTP_ROUTES[PATH]
    const requirement = scope === 'none' ? row : { ...row, scope }
    return authenticate(raw, { peer, asked: () => readAskedFor(raw, peer), requirement, connId })
  }
  function answer(reply: FastifyReply, judged: Authenticated): void {
    if (!judged.ok) return void sendTokenRefusal(reply.headers(identityOf(undefined)), judged.refusal)
    onUse(judged.principal, reply.request.raw.socket)
    // Past the framework, which has nothing to add to an answer without a body.
    reply.hijack()
    reply.raw.writeHead(204, { ...SECURITY_HEADERS, ...identityOf(judged.principal) }).end()
  }
  return (request, reply, scope) => {
    const judged = judge(request, scope)
    if (judged instanceof Promise) return judged.catch(closedIfAway).then((late) => answer(reply, late))
    answer(reply, judged)
    return undefined
  }
}

const CLOSED: Authenticated = { ok: false, refusal: UNAVAILABLE, shown: 'nothing' }

/** The proxy has it in its log by now; the app at least does not get it. */
function asksWithSecret(headers: IncomingHttpHeaders): boolean {
  return ['x-original-url', 'x-forwarded-uri'].some((name) => carriesOurSecret(String(headers[name] ?? '')))
}

// 403, because nginx takes anything but 401 and 403 for a fault.
const SECRET_ASKED: Authenticated = {
  ok: false,
  refusal: {
    status: 403,
    headers: {},
    code: 'SECRET_IN_URL',
    message: 'A token in a URL ends up in logs and histories. Replace that token.',
  },
  shown: 'nothing',
}

function closedIfAway(error: unknown): Authenticated {
  if (isDatabaseAway(error)) return CLOSED
  throw error
}

/** Always there, also empty: what a proxy copies must never be what its client sent. */
function identityOf(principal: Principal | undefined) {
  return {
    'x-pairgate-device': principal?.kind === 'device' ? principal.deviceId : '',
    'x-pairgate-session': principal?.sessionId ?? '',
    'x-pairgate-role': principal?.role ?? '',
    'x-pairgate-scopes': principal?.scopes.join(' ') ?? '',
  }
}
