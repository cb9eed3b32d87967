import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { DevicePrincipal } from '@pairgate/core'
import type { Role } from '@pairgate/protocol'
import type { AppCookies } from '../apps/app-cookies.ts'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import { askedByItself } from '../http/asked-for.ts'
import type { Authenticate, Authenticated } from '../http/authenticate.ts'
import type { JudgeRequest } from '../http/judge-request.ts'
import { judgeOrigin } from '../http/origin-rule.ts'
import type { Peer } from '../http/peer.ts'
import { CREDENTIAL_MISSING } from '../http/token-refusal.ts'
import { atOnce } from '../platform/at-once.ts'
import { type Door, liesBelow, type Routes, stripRoute } from './find-upstream.ts'
import { judgeRawTarget, judgeTarget, type Target } from './judge-target.ts'
import { hasNoBody, type ProxyRefusal, REFUSALS } from './proxy-refusal.ts'
import type { SessionOfRequest } from './session-of-request.ts'
import type { Gate, WorkGates } from './work-gates.ts'

export interface EnterUpstreamDeps {
  readonly routes: Routes<UpstreamConfig>
  readonly judge: Readonly<Record<Door, JudgeRequest>>
  readonly authenticate: Authenticate
  readonly cookies: Pick<AppCookies, 'of'>
  /** Names each request in the audit. */
  readonly nameRequest: () => string
  readonly gates: WorkGates
  readonly sessionOf: SessionOfRequest
  /** Nobody is let in at the moment. */
  readonly isClosed: () => boolean
  /** Told of every request that was let through. */
  readonly onUse: (principal: DevicePrincipal) => void
}

/** A request that may go on, and on which terms. */
export interface Entered {
  readonly upstream: UpstreamConfig
  readonly peer: Peer
  /** As the upstream gets it. */
  readonly target: string
  readonly caller: DevicePrincipal | undefined
  /** Set with the caller. */
  readonly gate: Gate | undefined
  /** It was a cookie that named the caller: what else was sent along is the app's. */
  readonly byCookie: boolean
  /** The header that names the session, where the upstream is told by one. */
  readonly session: readonly [string, string] | undefined
}

export type Entry =
  | { readonly ok: true; readonly entered: Entered }
  | {
      readonly ok: false
      readonly refusal: ProxyRefusal
      /** Set when nothing of ours was shown that counts: a person may pair, and come back. */
      readonly stranger?: Peer
    }
export type EnterUpstream = (request: IncomingMessage, door: Door, cut: () => void) => Entry | Promise<Entry>

const NOBODY = { caller: undefined, gate: undefined, byCookie: false, session: undefined }
const ROLES: readonly Role[] = ['operator', 'node']

/**
 * Everything that a request has to pass before a byte of it goes on: peer and host, target, route, method or
 * upgrade, credential, scope, session. What is to be done is announced before the token is looked at.
 */
export function createEnterUpstream(deps: EnterUpstreamDeps): EnterUpstream {
  return (request, door, cut) => {
    if (deps.isClosed()) return no(REFUSALS.closed)
    const judged = deps.judge[door](request)
    if (!judged.ok) return no({ status: judged.refusal.status, ...judged.refusal.error })
    const { peer } = judged
    const found = findRoute(deps.routes.of(peer.host, door), request.url ?? '')
    if ('refusal' in found) return no(found.refusal)
    const refusal = refuseForm(request, found.upstream, peer)
    const { upstream, target } = found
    return refusal ? no(refusal) : enterRoute(deps, { request, peer, upstream, target, cut })
  }
}

/** The rest, for a request whose form is in order. */
function enterRoute(deps: EnterUpstreamDeps, asking: Asking): Entry | Promise<Entry> {
  const { peer, upstream, target } = asking
  const sent = upstream.stripPrefix ? stripRoute(upstream, target.raw) : target.raw
  const asNobody = (): Entry => ({ ok: true, entered: { upstream, peer, target: sent, ...NOBODY } })
  if (upstream.auth === 'public') return asNobody()

  return atOnce(admitCaller(deps, asking), (admitted) => {
    if (!admitted.ok) {
      const { refusal, isAbsent, isStranger } = admitted
      if (isAbsent && upstream.auth === 'optional') return asNobody()
      return isStranger ? { ok: false, refusal, stranger: peer } : no(refusal)
    }
    const { principal: caller, gate, byCookie } = admitted
    return atOnce(sessionOf(deps, asking, admitted), (session) => {
      if (session === 'refused' || !gate.isOpen) {
        gate.leave()
        // A session of somebody else looks like one that there is not.
        return no(REFUSALS.notFound)
      }
      deps.onUse(caller)
      return { ok: true, entered: { upstream, peer, target: sent, caller, gate, byCookie, session } }
    })
  })
}

function sessionOf(deps: EnterUpstreamDeps, asking: Asking, { principal, gate }: Admitted) {
  const { request, upstream, target } = asking
  if (!upstream.session) return undefined
  const asked = { segments: target.segments, headers: request.headers }
  return deps.sessionOf(principal, upstream.session, asked).catch((error: unknown) => {
    // Nobody else looks after it: nothing has begun yet.
    gate.leave()
    throw error
  })
}

type Found =
  | { readonly upstream: UpstreamConfig; readonly target: Target }
  | { readonly refusal: ProxyRefusal }

function findRoute(candidates: readonly UpstreamConfig[], raw: string): Found {
  const isRaw = candidates.length === 1 && candidates[0]?.rawPath === true
  const target = isRaw ? judgeRawTarget(raw) : judgeTarget(raw)
  if (!target) return { refusal: REFUSALS.badTarget }
  const upstream = candidates.find((each) => liesBelow(each, target.segments))
  // Kept for what the gateway itself will have on these hosts.
  if (!upstream || target.path.startsWith('/__pairgate__')) return { refusal: REFUSALS.notFound }
  return { upstream, target }
}

/** What is refused whoever asks: methods that speak to the gateway, framing that programs read differently. */
function refuseForm(
  request: IncomingMessage,
  { websocket }: UpstreamConfig,
  peer: Peer,
): ProxyRefusal | undefined {
  const { headers, method, httpVersionMajor } = request
  if (httpVersionMajor !== 1) return REFUSALS.badVersion
  if (method === 'TRACE' || method === 'CONNECT') return REFUSALS.badMethod
  const coding = headers['transfer-encoding']
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') return REFUSALS.badFraming
  if (!asksForUpgrade(headers)) return undefined
  const isWebSocket = websocket && method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'
  if (!isWebSocket || !hasNoBody(request)) return REFUSALS.badUpgrade
  return judgeOrigin(peer.origin, { ...peer, allowedOrigins: [] }).allowed
    ? undefined
    : REFUSALS.foreignOrigin
}

function asksForUpgrade({ upgrade, connection = '' }: IncomingHttpHeaders): boolean {
  return upgrade !== undefined && /\bupgrade\b/i.test(connection)
}

interface Asking {
  readonly request: IncomingMessage
  readonly peer: Peer
  readonly upstream: UpstreamConfig
  readonly target: Target
  readonly cut: () => void
}

interface Admitted {
  readonly ok: true
  readonly principal: DevicePrincipal
  readonly gate: Gate
  readonly byCookie: boolean
}

type Caller =
  | Admitted
  | {
      readonly ok: false
      readonly refusal: ProxyRefusal
      /** Nothing was said, or by a cookie that is good for nothing: a browser sends that unasked. */
      readonly isAbsent: boolean
      /** Nothing of ours was shown that counts. */
      readonly isStranger: boolean
    }

/**
 * Work whose token cannot be looked at in one step is announced meanwhile: a revocation that was decided before
 * the look is seen by it, and one that is decided later finds the work. There is no third case.
 */
function admitCaller(deps: EnterUpstreamDeps, asking: Asking): Caller | Promise<Caller> {
  const { request, peer, upstream } = asking
  const looked = deps.authenticate(request, {
    peer,
    asked: () => askedByItself(request, peer),
    requirement: { roles: ROLES, scope: upstream.scope, session: 'none' },
    connId: deps.nameRequest(),
    cookie: deps.cookies.of(upstream, peer.scheme),
  })
  if (!(looked instanceof Promise)) return callerOf(looked, asking, deps.gates)
  // Still in the step in which the look began.
  const announced = deps.gates.announce()
  return looked.then((found) => callerOf(found, asking, announced)).finally(() => announced.over())
}

function callerOf(found: Authenticated, { cut }: Asking, gates: Pick<WorkGates, 'enter'>): Caller {
  if (!found.ok) return refusedCaller(found)
  const { principal, expiresAt, shown } = found
  if (principal.kind !== 'device')
    return { ok: false, refusal: REFUSALS.closed, isAbsent: false, isStranger: false }
  return {
    ok: true,
    principal,
    gate: gates.enter({ principal, expiresAt, cut }),
    byCookie: shown === 'cookie',
  }
}

function refusedCaller({ refusal, shown }: Extract<Authenticated, { readonly ok: false }>): Caller {
  const isStranger = refusal.status === 401 && shown !== 'authorization'
  const isAbsent = refusal === CREDENTIAL_MISSING || (isStranger && shown === 'cookie')
  return { ok: false, refusal, isAbsent, isStranger }
}

function no(refusal: ProxyRefusal): Entry {
  return { ok: false, refusal }
}
