import type { FastifyInstance } from 'fastify'
import type { Assertions } from './assertion.ts'

const PATH = '/__pairgate__/jwks'

/** The public keys by which an upstream checks what it is told. Tomorrow's is among them, so they may be kept. */
export function addJwksRoute(app: FastifyInstance, { keys }: Pick<Assertions, 'keys'>): void {
  app.get(PATH, (_request, reply) =>
    reply.header('Cache-Control', 'public, max-age=300').send({ keys: keys() }),
  )
}
