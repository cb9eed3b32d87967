import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import type { AccessResult } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway, type TestHooks } from '../harness/gateway-of-test.ts'
import { connectPaired, type PairedDevice, type PairOptions, pair } from '../harness/pair.ts'
import { trusting } from '../harness/trusting.ts'
import { openUpstream, type UpstreamOfTest } from './upstream-of-test.ts'

/** An entry of `gateway.upstreams` without its target. */
export type Entry = Readonly<Record<string, unknown>>

export interface ProxyWorld {
  readonly gateway: GatewayOfTest
  readonly upstream: UpstreamOfTest
  /** The port of the upstreams without a host. */
  readonly port: number
  /** A device with an access token. */
  enter(options?: PairOptions): Promise<Caller>
  /** A request to the port of the upstreams. */
  ask(path: string, options?: Asking): Promise<Answered>
}

export interface Caller extends PairedDevice {
  readonly accessToken: string
}

export interface Asking extends RequestOptions {
  readonly token?: string
  readonly body?: string
}

export interface Answered {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly trailers: IncomingMessage['trailers']
  readonly body: string
}

/** A gateway with something real behind it. */
export async function openProxy(
  hooks: TestHooks,
  entries: readonly Entry[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<ProxyWorld> {
  const upstream = await openUpstream(hooks)
  const upstreams = entries.map((entry) => ({ target: upstream.target, ...entry }))
  const limits = { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 }
  const opened = await openGateway(hooks, {
    config: { limits, ...config, upstreams },
    sections: { upstreams: { port: 0 } },
  })
  const gateway = config['tls'] ? trusting(opened) : opened
  const port = gateway.running.upstreamsPort ?? 0
  return {
    gateway,
    upstream,
    port,
    enter: (options) => enter(gateway, options),
    ask: (path, options) => ask({ port, ...options }, path),
  }
}

async function enter(gateway: GatewayOfTest, options: PairOptions = {}): Promise<Caller> {
  const { client: first, ...paired } = await pair(gateway, { scopes: ['operator.read'], ...options })
  await first.end()
  const { device, token } = paired
  const scopes = paired.hello.auth.scopes
  const again = await connectPaired(gateway, { scopes, device, token, extended: true })
  const { accessToken } = await again.client.call<AccessResult>('device.token.access', {})
  return { ...paired, ...again, accessToken }
}

/** Sends a request with nothing of its own in it, and reads the whole answer. */
export function ask({ token, body, ...options }: Asking, path: string): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const sent = httpRequest(
    { host: '127.0.0.1', path, agent: false, ...options, headers: headersOf(token, options) },
    (answer) => {
      let text = ''
      answer.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const { statusCode: status = 0, headers, rawHeaders, trailers } = answer
        resolve({ status, headers, rawHeaders, trailers, body: text })
      })
    },
  )
  sent.on('error', reject)
  sent.end(body)
  return promise
}

function headersOf(token: string | undefined, { headers }: RequestOptions): RequestOptions['headers'] {
  const own = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return { ...own, ...(headers as Record<string, string> | undefined) }
}
