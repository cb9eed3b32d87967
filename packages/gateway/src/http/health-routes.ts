import type { FastifyInstance, FastifyReply } from 'fastify'

/** Whether the gateway can serve, and what still keeps it from that. */
export interface Readiness {
  readonly ready: boolean
  /** Names of the parts that are not ready; told to callers on this machine only. */
  readonly failing: readonly string[]
  readonly uptimeMs: number
}

export const LIVE_PATHS: ReadonlySet<string> = new Set(['/health', '/healthz'])
const READY_PATHS = ['/ready', '/readyz']
const OTHER_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** `/health(z)`: the process runs. `/ready(z)`: it serves. */
export function addHealthRoutes(app: FastifyInstance, ready: () => Promise<Readiness>): void {
  for (const path of LIVE_PATHS) {
    app.get(path, () => ({ ok: true, status: 'live' }))
    refuseOthers(app, path)
  }
  for (const path of READY_PATHS) {
    app.get(path, async (request, reply) => {
      const { ready: isReady, failing, uptimeMs } = await ready()
      const here = request.peer !== undefined && request.peer.place !== 'remote'
      return reply
        .code(isReady ? 200 : 503)
        .send(here ? { ready: isReady, failing, uptimeMs } : { ready: isReady })
    })
    refuseOthers(app, path)
  }
}

/** What is only read answers 405 to all that would change something. */
export function refuseOthers(app: FastifyInstance, path: string): void {
  app.route({
    method: [...OTHER_METHODS],
    url: path,
    handler: (_request, reply): FastifyReply =>
      reply
        .code(405)
        .header('Allow', 'GET, HEAD')
        .send({ error: { code: 'METHOD_NOT_ALLOWED', message: 'Use GET or HEAD.' } }),
  })
}
