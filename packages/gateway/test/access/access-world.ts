import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { AccessResult } from '@pairgate/protocol/wire'
import type { Engine } from '../harness/engine.ts'
import type { GatewayOfTest } from '../harness/gateway-of-test.ts'
import { type HttpAnswer, openHttpClient } from '../harness/http-client.ts'
import { connectPaired, type PairedDevice, type PairOptions, pair } from '../harness/pair.ts'
import type { WireClient } from '../harness/wire-client.ts'

export const VERIFY = '/__pairgate__/verify'
export const READER = ['operator.read']
/** A program on this machine stands for a proxy, and asks for these apps. */
const PROXIED = { trustedProxies: ['127.0.0.1'], allowedHosts: ['app.example', 'other.example'] }

/** A gateway and what asks it about HTTP requests. */
export interface AccessWorld {
  readonly engine: Engine
  readonly gateway: GatewayOfTest
  readonly owner: WireClient
  /** Asks with an access token. */
  verify(token: string, headers?: Readonly<Record<string, string>>, path?: string): Promise<HttpAnswer>
  /** Asks with any headers. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<HttpAnswer>
  /** A paired device on a connection of our own client's kind. */
  pair(options?: PairOptions): Promise<PairedDevice>
}

export async function openAccessWorld(engine: Engine, isProxied = false): Promise<AccessWorld> {
  const limits = { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 }
  const auth = { token: 'the-shared-token' }
  const config = { auth, limits, ...(isProxied && PROXIED) }
  const gateway = await engine.openGateway({ after }, { config })
  const client = openHttpClient(gateway)
  after(() => client.close())
  const owner = await gateway.owner()
  return {
    engine,
    gateway,
    owner,
    get: client.get,
    verify: (token, headers = {}, path = VERIFY) =>
      client.get(path, { Authorization: `Bearer ${token}`, ...headers }),
    async pair(options = {}) {
      const { client: first, ...paired } = await pair(gateway, { scopes: READER, ...options })
      await first.end()
      const { approval: _, ...connect } = { scopes: paired.hello.auth.scopes, ...options }
      const { device, token } = paired
      const again = await connectPaired(gateway, { ...connect, device, token, extended: true })
      return { ...paired, ...again }
    },
  }
}

export function mint(client: WireClient, params: object = {}): Promise<AccessResult> {
  return client.call<AccessResult>('device.token.access', params)
}

/** The identity headers of an answer: device, session, role, scopes. */
export function identityOf({ headers }: HttpAnswer): readonly unknown[] {
  return ['device', 'session', 'role', 'scopes'].map((name) => headers[`x-pairgate-${name}`])
}

const NOBODY = ['', '', '', '']

export function assertRefused(answer: HttpAnswer, status = 401, error = 'invalid_token'): void {
  assert.equal(answer.status, status, answer.body)
  assert.match(String(answer.headers['www-authenticate']), new RegExp(`error="${error}"`))
  assert.deepEqual(identityOf(answer), NOBODY)
  assert.equal(answer.headers['cache-control'], 'no-store')
}
