import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { authorize, type HttpAsk, type Principal, type Requirement } from '@pairgate/core'
import { parseScope, type Scope } from '@pairgate/protocol'
import { HTTP_ROUTES } from '@pairgate/protocol/wire'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { AppCookies } from '../apps/app-cookies.ts'
import { isNavigation, type StartPairing } from '../apps/start-pairing.ts'
import type { VerifiedApps } from '../apps/verified-apps.ts'
import type { AppConfig } from '../config/upstream-config.ts'
import { carriesOurSecret } from '../proxy/judge-target.ts'
import { isDatabaseAway } from '../state/watch-database.ts'
import type { ReadAskedFor } from './asked-for.ts'
import type { Authenticate, Authenticated } from './authenticate.ts'
import { refuseOthers } from './health-routes.ts'
import { withoutOurCookies } from './our-secrets.ts'
import type { Peer } from './peer.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import {
  APP_NOWHERE,
  REQUEST_UNCLEAR,
  scopeRefusal,
  sendTokenRefusal,
  UNAVAILABLE,
  UNKNOWN_SCOPE,
} from './token-refusal.ts'

const PATH = '/__pairgate__/verify'

/** What is known of apps that a proxy serves itself. */
export interface ProxiedApps {
  readonly verified: Pick<VerifiedApps, 'find'>
  readonly cookies: Pick<AppCookies, 'of'>
  readonly start: StartPairing
}

export interface VerifyRouteDeps {
  readonly authenticate: Authenticate
  readonly readAskedFor: ReadAskedFor
  /** Only where the settings name such apps. */
  readonly apps?: ProxiedApps | undefined
  /** Told of every request that was let through, and on which connection. */
  readonly onUse: (principal: Principal, socket: Socket) => void
  /** Nobody is let in at the moment. */
  readonly isClosed: () => boolean
}

/** How a proxy asks: which scope is in the path, and whether it can pass a redirect on. */
interface Asking {
  readonly scope: Scope | 'none'
  readonly mayRedirect: boolean
}

const PLAIN: Asking = { scope: 'none', mayRedirect: false }
const WITH_REDIRECT: Asking = { scope: 'none', mayRedirect: true }

/**
 * Answers a proxy that asks whether a request may pass (`auth_request`, `forward_auth`): 204 with the identity
 * in headers, else 401 or 403, and for a browser that may pair a redirect where the proxy passes one on. The
 * query is not looked at, because some proxies append their client's.
 */
export function addVerifyRoute(app: FastifyInstance, deps: VerifyRouteDeps): void {
  const verify = createVerify(deps)
  app.get(PATH, (request, reply) => verify(request, reply, PLAIN))
  app.get(`${PATH}/redirect`, (request, reply) => verify(request, reply, WITH_REDIRECT))
  refuseOthers(app, PATH)
  app.get(`${PATH}/:scope`, (request: FastifyRequest<{ Params: { scope: string } }>, reply) => {
    const scope = parseScope(request.params.scope)
    if (scope) return verify(request, reply, { scope, mayRedirect: false })
    // Unknown is refused: a scope that nobody can hold must not look like one that somebody lacks.
    sendTokenRefusal(reply.headers(identityOf(undefined)), UNKNOWN_SCOPE)
    return undefined
  })
}

type Verify = (request: FastifyRequest, reply: FastifyReply, asking: Asking) => Promise<void> | undefined

/** The app that is asked about, and what is asked for there. */
interface AskedApp {
  readonly app: AppConfig
  readonly asked: HttpAsk
  readonly peer: Peer
}

/** There is none, and nobody is let in. */
type NoApp = typeof APP_NOWHERE | typeof REQUEST_UNCLEAR

/** Without a promise where none is needed: each costs more than the check of a token that is remembered. */
function createVerify(deps: VerifyRouteDeps): Verify {
  const { apps, readAskedFor, onUse, isClosed } = deps
  function answer(reply: FastifyReply, judged: Authenticated, at: AskedApp | undefined): void {
    const { raw } = reply.request
    if (!judged.ok) {
      sendTokenRefusal(reply.headers(identityOf(undefined)).headers(restOf(raw, at)), judged.refusal)
      return
    }
    onUse(judged.principal, raw.socket)
    // Past the framework, which has nothing to add to an answer without a body.
    reply.hijack()
    reply.raw
      .writeHead(204, { ...SECURITY_HEADERS, ...identityOf(judged.principal), ...restOf(raw, at) })
      .end()
  }
  function conclude(reply: FastifyReply, judged: Authenticated, { asking, at }: Context): void {
    const wayIn =
      asking.mayRedirect && !judged.ok && isStranger(judged) ? redirectOf(apps, reply, at) : undefined
    if (!wayIn) return answer(reply, judged, at)
    reply.headers(identityOf(undefined)).headers({ location: wayIn.location, 'set-cookie': wayIn.setCookie })
    reply.code(303).send()
  }
  return (request, reply, asking) => {
    const { raw, peer } = request
    const at = apps && peer?.proxied ? askedApp(apps, readAskedFor(raw, peer), peer) : undefined
    if (isClosed() || !peer) return void answer(reply, CLOSED, undefined)
    if (peer.proxied && asksWithSecret(raw.headers)) return void answer(reply, SECRET_ASKED, undefined)
    if (at && 'status' in at)
      return void answer(reply, { ok: false, refusal: at, shown: 'nothing' }, undefined)
    const context = { asking, at }
    const judged = judge(deps, request, { peer, asking, at })
    if (judged instanceof Promise)
      return judged.catch(closedIfAway).then((late) => conclude(reply, late, context))
    conclude(reply, judged, context)
    return undefined
  }
}

interface Context {
  readonly asking: Asking
  readonly at: AskedApp | undefined
}

/**
 * Only of a proxy that is trusted: anybody else asks for itself. Where it cannot be said what such a proxy asks
 * about, it may be any of the apps, and what that one needs is not known (T35).
 */
function askedApp(
  { verified }: ProxiedApps,
  asked: HttpAsk | undefined,
  peer: Peer,
): AskedApp | NoApp | undefined {
  if (!asked) return REQUEST_UNCLEAR
  const app = verified.find(asked)
  return app === 'nowhere' ? APP_NOWHERE : app && { app, asked, peer }
}

function judge(
  { authenticate, readAskedFor, apps }: VerifyRouteDeps,
  { raw, id: connId }: FastifyRequest,
  { peer, asking, at }: Context & { readonly peer: Peer },
): Authenticated | Promise<Authenticated> {
  const row = HTTP_ROUTES[PATH]
  const requirements = [at?.app.scope ?? 'none', asking.scope].filter((scope) => scope !== 'none')
  const [scope = 'none', other] = requirements
  const looked = authenticate(raw, {
    peer,
    asked: () => at?.asked ?? readAskedFor(raw, peer),
    requirement: { ...row, scope },
    connId,
    cookie: at && apps?.cookies.of(at.app, schemeOf(at.asked)),
  })
  if (other === undefined) return looked
  const needed = { ...row, scope: other }
  return looked instanceof Promise ? looked.then((late) => holds(late, needed)) : holds(looked, needed)
}

/** The scope in the path is needed beside that of the settings. */
function holds(judged: Authenticated, requirement: Requirement): Authenticated {
  if (!judged.ok || authorize(judged.principal, requirement).ok) return judged
  return { ok: false, refusal: scopeRefusal('bearer', requirement.scope), shown: judged.shown }
}

function redirectOf(
  apps: ProxiedApps | undefined,
  { request: { raw } }: FastifyReply,
  at: AskedApp | undefined,
) {
  if (!at || !isNavigation(at.asked.method, raw.headers)) return undefined
  return apps?.start({ headers: raw.headers, peer: at.peer, asked: at.asked })
}

function isStranger({ refusal, shown }: Extract<Authenticated, { readonly ok: false }>): boolean {
  return refusal.status === 401 && shown !== 'authorization'
}

function schemeOf({ origin }: HttpAsk): 'http' | 'https' {
  return origin.startsWith('https:') ? 'https' : 'http'
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

/** The cookies that are the app's own, for a proxy that passes these on instead of what its client sent. */
function restOf({ headers }: IncomingMessage, at: AskedApp | undefined): Readonly<Record<string, string>> {
  if (!at) return {}
  return {
    'x-pairgate-cookie': headers.cookie === undefined ? '' : (withoutOurCookies(headers.cookie) ?? ''),
  }
}
