import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import type { DevicePrincipal } from '@pairgate/core'
import type { DeviceId, SessionId, TokenId } from '@pairgate/protocol'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import type { Peer } from '../http/peer.ts'
import { createSystemClock } from '../platform/system-clock.ts'
import { createEnterUpstream } from './enter-upstream.ts'
import { createWorkGates } from './work-gates.ts'

const principal: DevicePrincipal = {
  kind: 'device',
  deviceId: 'd' as DeviceId,
  tokenId: 't' as TokenId,
  role: 'operator',
  scopes: [],
  sessionId: 's' as SessionId,
  remoteIp: undefined,
  connId: 'c',
  byDeviceToken: false,
}
const upstream = {
  route: '/',
  segments: [],
  auth: 'required',
  scope: 'none',
  session: { kind: 'header', name: 'x-session' },
} as unknown as UpstreamConfig

test('a request whose session cannot be read leaves no gate behind', async () => {
  const gates = createWorkGates({ clock: createSystemClock() })
  const judged = { ok: true, peer: { host: 'localhost', scheme: 'http' } as Peer } as const
  for (const authenticated of ['at once', 'later']) {
    const found = { ok: true, principal, expiresAt: undefined, shown: 'authorization' } as const
    const enter = createEnterUpstream({
      routes: { ownsHost: () => false, hosts: [], of: () => [upstream] },
      judge: { gateway: () => judged, upstreams: () => judged },
      authenticate: () => (authenticated === 'later' ? Promise.resolve(found) : found),
      cookies: { of: () => undefined },
      nameRequest: () => 'name',
      gates,
      sessionOf: () => Promise.reject(new Error('the database is away')),
      isClosed: () => false,
      onUse: () => undefined,
    })
    const request = { url: '/', method: 'GET', headers: {}, httpVersionMajor: 1 } as IncomingMessage
    await assert.rejects(async () => enter(request, 'upstreams', () => undefined), /the database is away/)
    assert.equal(gates.size, 0, authenticated)
  }
})
