import type { FastifyInstance } from 'fastify'
import { EXPOSITION_TYPE } from '../metrics/exposition.ts'

const METRICS_PATH = '/__pairgate__/metrics'

/**
 * What is measured, for programs of this machine: they come directly over the loopback or the owner's
 * socket. Counts tell a stranger how busy a gateway is and which attacks it notices.
 */
export function addMetricsRoute(app: FastifyInstance, write: () => Promise<string>): void {
  app.get(METRICS_PATH, async (request, reply) => {
    const { peer } = request
    // A page in a browser of this machine names its origin, and is no program of the operator.
    const isNear = peer !== undefined && peer.place !== 'remote' && peer.origin === undefined
    if (!isNear) {
      const message =
        'Metrics are read on the machine of the gateway, without a proxy: over the loopback or the owner socket.'
      return reply.code(403).send({ error: { code: 'METRICS_LOCAL_ONLY', message } })
    }
    return reply.header('Content-Type', EXPOSITION_TYPE).send(await write())
  })
}
