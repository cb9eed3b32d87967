import type { Core } from '@pairgate/core'
import { parseGatewayUrl, parseJoinCode, type SetupPayload, socketUrl } from '@pairgate/protocol'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Peer } from './peer.ts'

export interface JoinRouteDeps {
  readonly takeJoin: Core['takeJoin']
  /** `gateway.pairing.publicUrl` */
  readonly publicUrl: () => string | undefined
}

const NOT_FOUND = { error: 'not_found' }
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * `GET /j/<code>`: exchanges a join link for what a setup code holds, once (protocol fact 16). Unknown,
 * used, expired and malformed look alike.
 */
export function addJoinRoute(app: FastifyInstance, { takeJoin, publicUrl }: JoinRouteDeps): void {
  app.route<{ readonly Params: { readonly code: string } }>({
    method: [...METHODS],
    url: '/j/:code',
    async handler(request, reply): Promise<FastifyReply> {
      const code = parseJoinCode(request.params.code)
      const { peer } = request
      // What asks first, such as a preview of the link with HEAD, must not use it up.
      if (request.method !== 'GET' || request.url.includes('?') || !code || !peer)
        return reply.code(404).send(NOT_FOUND)
      const taken = await takeJoin(code, peer)
      if (!taken.ok && taken.refusal.reason === 'rate-limited')
        return reply.code(429).send({ error: 'rate_limited' })
      const url = ownUrl(publicUrl(), peer)
      if (!taken.ok || url === undefined) return reply.code(404).send(NOT_FOUND)
      const { secret: bootstrapToken, invitation } = taken.value
      const expiresAtMs = Number(invitation.expiresAt)
      return reply.code(200).send({ url, bootstrapToken, expiresAtMs } satisfies SetupPayload)
    },
  })
}

/** The address that has just worked for this client, unless the operator knows better. */
function ownUrl(publicUrl: string | undefined, { scheme = 'http', host = '' }: Peer): string | undefined {
  const address = parseGatewayUrl(publicUrl ?? `${scheme}://${host}`)
  return address && socketUrl(address)
}
