import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { AppTicketResult } from '@pairgate/protocol/wire'
import type { Engine } from '../harness/engine.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { connectPaired, type PairedDevice, type PairOptions, pair } from '../harness/pair.ts'
import { trusting } from '../harness/trusting.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { openUpstream, type UpstreamOfTest } from '../proxy/upstream-of-test.ts'
import { type BrowserOfTest, openBrowser, type Seen } from './browser-of-test.ts'

export interface AppsWorld {
  readonly gateway: GatewayOfTest
  readonly upstream: UpstreamOfTest
  readonly owner: WireClient
  /** Origins: of an app with a host of its own, of the apps that share a port, of the gateway itself. */
  readonly app: string
  readonly shared: string
  readonly console: string
  /** The same for any other host at the port of the gateway. */
  at(host: string): string
  pair(options?: PairOptions): Promise<PairedDevice>
  /** A browser of this device that has entered an app. */
  enter(paired: PairedDevice, url: string, browser?: BrowserOfTest): Promise<BrowserOfTest>
}

export interface AppsOptions {
  readonly isPlain?: boolean
  readonly config?: Readonly<Record<string, unknown>>
  readonly sections?: Readonly<Record<string, object>>
}

/** Apps of every kind. */
const ENTRIES: readonly object[] = [
  { match: { host: 'app.example' }, scope: 'operator.read', websocket: true },
  { match: { host: 'other.example' }, scope: 'operator.read' },
  { match: { host: 'writers.example' }, scope: 'operator.write' },
  { match: { host: 'mighty.example' }, scope: 'operator.pairing' },
  { match: { host: 'open.example' }, scope: 'operator.read', auth: 'optional' },
  { match: { host: 'public.example' }, auth: 'public' },
  { match: { path: '/one' }, scope: 'operator.read', websocket: true },
  { match: { path: '/two' }, scope: 'operator.read' },
]

/** A gateway with apps behind it, with TLS or where cookies have to be asked for, and browsers in front. */
export async function openApps(engine: Engine, options: AppsOptions = {}): Promise<AppsWorld> {
  const { isPlain = false, config = {}, sections = {} } = options
  const upstream = await openUpstream({ after })
  const upstreams = ENTRIES.map((entry) => ({ target: upstream.target, ...entry }))
  const limits = { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 }
  const tls = isPlain ? {} : { tls: { enabled: true } }
  const opened = await engine.openGateway(
    { after },
    {
      config: { limits, ...tls, upstreams, ...config },
      sections: { ...sections, upstreams: { port: 0, plainCookies: isPlain, ...sections['upstreams'] } },
    },
  )
  const gateway = isPlain ? opened : trusting(opened)
  const owner = await gateway.owner()
  const scheme = isPlain ? 'http' : 'https'
  const at = (host: string) => `${scheme}://${host}:${gateway.port}`
  return {
    gateway,
    upstream,
    owner,
    app: at('app.example'),
    shared: `${scheme}://127.0.0.1:${gateway.running.upstreamsPort}`,
    console: `${scheme}://127.0.0.1:${gateway.port}`,
    at,
    async pair(more = {}) {
      const { client: first, ...paired } = await pair(gateway, { scopes: ['operator.read'], ...more })
      await first.end()
      const { approval: _, ...connect } = { scopes: paired.hello.auth.scopes, ...more }
      const { device, token } = paired
      return { ...paired, ...(await connectPaired(gateway, { ...connect, device, token, extended: true })) }
    },
    async enter({ client }, url, browser = openBrowser()) {
      const started = await browser.go(url)
      const { location } = await ticketFor(client, started)
      const entered = await browser.go(location)
      assert.equal(entered.status, 303, entered.body)
      return browser
    },
  }
}

/** What an app wrote into the address of the pairing page. */
export function visitOf(seen: Seen): {
  readonly page: string
  readonly return: string
  readonly state: string
} {
  assert.equal(seen.status, 303, `${seen.status} ${seen.body}`)
  const { origin, pathname, searchParams } = new URL(String(seen.headers.location))
  const [wanted, state] = [searchParams.get('return'), searchParams.get('state')]
  assert.ok(wanted !== null && state !== null)
  return { page: origin + pathname, return: wanted, state }
}

/** What the page does. */
export function ticketFor(client: WireClient, seen: Seen): Promise<AppTicketResult> {
  const { return: wanted, state } = visitOf(seen)
  return client.call<AppTicketResult>('apps.ticket', { return: wanted, state })
}
