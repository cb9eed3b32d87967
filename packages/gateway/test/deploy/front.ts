import { connect as connectPlain } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { type GatewayOfTest, openGateway, type TestHooks } from '../harness/gateway-of-test.ts'
import { openUpstream, type UpstreamOfTest } from '../proxy/upstream-of-test.ts'
import { missing, type ProxyName, startProxy } from './real-proxy.ts'

/** What an app can stand behind, in the order of the columns of the table. */
export const FRONT_NAMES = ['pairgate', 'nginxPasses', 'caddyPasses', 'nginxAsks', 'caddyAsks'] as const
export type FrontName = (typeof FRONT_NAMES)[number]

export const HOST = 'app.example'
/** What the app asks for, in every column. */
export const NEEDED = 'operator.read'

/** An app, what is in front of it, and the gateway that decides. */
export interface Front {
  readonly origin: string
  readonly app: UpstreamOfTest
  readonly gateway: GatewayOfTest
  /** A connection of a client, which is told this name in the handshake where there is one. */
  connect(name?: string): Duplex
}

interface Recipe {
  readonly proxy?: ProxyName
  /** In `deploy/`. */
  readonly file?: string
  /** The gateway is only asked, and does not pass the request on itself. */
  readonly asks?: boolean
}

const RECIPES: Readonly<Record<FrontName, Recipe>> = {
  pairgate: {},
  nginxPasses: { proxy: 'nginx', file: 'nginx/gateway.conf' },
  caddyPasses: { proxy: 'caddy', file: 'caddy/gateway.Caddyfile' },
  nginxAsks: { proxy: 'nginx', file: 'nginx/forward-auth.conf', asks: true },
  caddyAsks: { proxy: 'caddy', file: 'caddy/Caddyfile', asks: true },
}

/** The sentence that tests of a front are skipped with, else false. */
export function missingFor(name: FrontName): string | false {
  const { proxy } = RECIPES[name]
  return proxy === undefined ? false : missing(proxy)
}

/** A gateway that programs of this machine ask for the app; `hasOther` adds one more at the same host. */
export function openAskedGateway(hooks: TestHooks, hasOther = false): Promise<GatewayOfTest> {
  const upstreams = matches(hasOther).map((match) => ({ match, forwardAuth: true, scope: NEEDED }))
  const config = { limits: ROOM, trustedProxies: ['127.0.0.1'], pairing: PAIRING, upstreams }
  return openGateway(hooks, { config, sections: { upstreams: { port: 0 } } })
}

interface Passing {
  readonly target: string
  readonly isProxied: boolean
  readonly hasOther: boolean
}

/** A gateway that passes on to the app itself. */
function openPassingGateway(hooks: TestHooks, { target, isProxied, hasOther }: Passing) {
  const upstreams = matches(hasOther).map((match) => ({ match, target, scope: NEEDED, websocket: true }))
  const trustedProxies = isProxied ? ['127.0.0.1'] : []
  const allowedHosts = ['gateway.example']
  const config = { limits: ROOM, allowedHosts, trustedProxies, pairing: PAIRING, upstreams }
  // Without a proxy in front there is no TLS here, and cookies have to be asked for.
  return openGateway(hooks, { config, sections: { upstreams: { port: 0, plainCookies: true } } })
}

function matches(hasOther: boolean): readonly object[] {
  return [{ host: HOST }, ...(hasOther ? [{ host: HOST, path: OTHER }] : [])]
}
/** Where another app lies, if there is one. */
export const OTHER = '/other'
const PAIRING = { publicUrl: 'wss://gateway.example' }
const ROOM = { pendingInAll: 10_000 }

export async function openFront(hooks: TestHooks, name: FrontName, hasOther = false): Promise<Front> {
  const { proxy, file, asks } = RECIPES[name]
  const app = await openUpstream(hooks)
  const passing = { target: app.target, isProxied: proxy !== undefined, hasOther }
  const gateway = asks ? await openAskedGateway(hooks, hasOther) : await openPassingGateway(hooks, passing)
  if (!proxy || file === undefined) {
    const { port } = gateway
    return { origin: `http://${HOST}`, app, gateway, connect: () => connectPlain(port, '127.0.0.1') }
  }
  const places = {
    '127.0.0.1:18789': `127.0.0.1:${gateway.port}`,
    ...(asks && { '127.0.0.1:3000': new URL(app.target).host }),
  }
  const { port } = await startProxy(hooks, proxy, { file, places })
  return {
    origin: `https://${HOST}`,
    app,
    gateway,
    connect: (servername = HOST) =>
      connectTls({ host: '127.0.0.1', port, servername, rejectUnauthorized: false }),
  }
}

/** What came back for one request. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Sends these very bytes, and reads until the answer is there, or the other side closes. */
export async function send({ connect }: Pick<Front, 'connect'>, bytes: string): Promise<Answer> {
  const socket = connect()
  socket.write(Buffer.from(bytes, 'latin1'))
  let text = ''
  try {
    for await (const piece of socket) {
      text += (piece as Buffer).toString('latin1')
      if (isOver(text)) break
    }
  } catch {
    // A reset after the answer is an end like any other.
  }
  socket.destroy()
  const [head = '', ...body] = text.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { status: Number(first.split(' ')[1]), headers: new Map(headers), body: body.join('\r\n\r\n') }
}

/** Where the connection stays open: an upgrade has begun, or the body is as long as it is said to be. */
function isOver(text: string): boolean {
  const [head = '', ...body] = text.split('\r\n\r\n')
  if (/^HTTP\/1\.1 101 /.test(head)) return body.length > 0
  const length = /^Content-Length: (\d+)/im.exec(head)?.[1]
  return length !== undefined && body.length > 0 && body.join('\r\n\r\n').length >= Number(length)
}
