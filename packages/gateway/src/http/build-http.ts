import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { isVerifyTarget, type VerifiedApps } from '../apps/verified-apps.ts'
import { addPageRoutes } from '../pages/page-routes.ts'
import type { PageFile } from '../pages/read-pages.ts'
import type { Log } from '../platform/log.ts'
import type { Assertions } from '../proxy/assertion.ts'
import { createWider } from '../proxy/judges-of-doors.ts'
import { addJwksRoute } from '../proxy/jwks-route.ts'
import { createReadAskedFor } from './asked-for.ts'
import type { EntryRules } from './entry-rules.ts'
import { addHealthRoutes, LIVE_PATHS, type Readiness } from './health-routes.ts'
import { addJoinRoute, type JoinRouteDeps } from './join-route.ts'
import { createJudgeRequest, type JudgeRequest } from './judge-request.ts'
import { addMetricsRoute } from './metrics-route.ts'
import type { Peer } from './peer.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { addVerifyRoute, type ProxiedApps, type VerifyRouteDeps } from './verify-route.ts'

export type { Readiness } from './health-routes.ts'

export interface BuildHttpDeps {
  readonly rules: EntryRules
  readonly writeMetrics: () => Promise<string>
  readonly ready: () => Promise<Readiness>
  readonly verify: Omit<VerifyRouteDeps, 'readAskedFor' | 'apps'>
  readonly join: JoinRouteDeps
  /** Apps that a proxy serves itself, by whose names it may ask. */
  readonly apps?: (ProxiedApps & { readonly verified: Pick<VerifiedApps, 'hosts'> }) | undefined
  /** Only where something is behind the gateway. */
  readonly assertions?: Pick<Assertions, 'keys'> | undefined
  /** What browsers load; absent where nothing was built. */
  readonly pages?: readonly PageFile[] | 'off' | undefined
  readonly log: Log
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request; absent on the live checks, which answer everybody. */
    peer: Peer | undefined
  }
}

const BODY_BYTES = 64 * 1_024

/**
 * Our HTTP routes. It never listens itself: each server hands its requests to `app.routing`, so that one
 * app serves TCP and the owner's socket alike. Call `app.ready()` before.
 */
export function buildHttp(deps: BuildHttpDeps): FastifyInstance {
  const { rules, ready, writeMetrics, verify, join, log } = deps
  const judge = createJudgeRequest(rules)
  const asking = rulesOfVerify(rules, deps.apps?.verified.hosts ?? [])
  const app = fastify({
    bodyLimit: BODY_BYTES,
    logger: false,
    exposeHeadRoutes: true,
    // A path that does not decode; its message would repeat the path.
    frameworkErrors: (_error, _request, reply) => {
      // No hook has run before this.
      reply.headers(SECURITY_HEADERS)
      return sendError(reply, 400, 'BAD_REQUEST', 'The request is malformed.')
    },
  })
  app.setValidatorCompiler(TypeBoxValidatorCompiler)
  app.decorateRequest('peer', undefined)
  app.addHook('onRequest', guardWith(judge, createJudgeRequest(asking)))
  app.setNotFoundHandler((_request, reply) =>
    sendError(reply, 404, 'NOT_FOUND', 'There is nothing at this path.'),
  )
  app.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, log))
  addHealthRoutes(app, ready)
  addMetricsRoute(app, writeMetrics)
  addVerifyRoute(app, { ...verify, apps: deps.apps, readAskedFor: createReadAskedFor(asking) })
  addJoinRoute(app, join)
  if (deps.assertions) addJwksRoute(app, deps.assertions)
  if (deps.pages !== 'off') addPageRoutes(app, deps.pages)
  return app
}

/** Of the apps that a proxy serves itself, a question about them may bear the name. */
function rulesOfVerify(
  rules: EntryRules,
  hosts: readonly string[],
): Pick<EntryRules, 'hostRule' | 'trustedProxies'> {
  if (hosts.length === 0) return rules
  const wider = createWider(rules, new Set(hosts))
  return {
    get hostRule() {
      return wider()
    },
    get trustedProxies() {
      return rules.trustedProxies
    },
  }
}

function guardWith(judge: JudgeRequest, judgeVerify: JudgeRequest) {
  // With a callback: a promise for each request would cost more than the judgement.
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    reply.headers(SECURITY_HEADERS)
    // The framework would wait for the end of a body that never was: without a length, a type says nothing.
    if (request.raw.readableEnded) delete request.raw.headers['content-type']
    // Asked for by what watches the process, under whatever name and through whatever proxy.
    if (LIVE_PATHS.has(request.url)) return done()

    const judged = isVerifyTarget(request.raw.url) ? judgeVerify(request.raw) : judge(request.raw)
    if (!judged.ok) return void reply.code(judged.refusal.status).send({ error: judged.refusal.error })
    request.peer = judged.peer
    done()
  }
}

/** What a stranger reads of an error says nothing about the inside; the log has the rest. */
function answerError(error: FastifyError, reply: FastifyReply, log: Log): FastifyReply {
  const status = error.statusCode ?? 500
  if (status === 413) return sendError(reply, 413, 'TOO_LARGE', 'The request body is too large.')
  if (status >= 400 && status < 500)
    return sendError(reply, status, 'BAD_REQUEST', 'The request is malformed.')
  log.error({ err: error }, 'an HTTP request failed')
  return sendError(reply, 500, 'INTERNAL', 'The request failed; the log of the gateway says why.')
}

function sendError(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply.code(status).send({ error: { code, message } })
}
