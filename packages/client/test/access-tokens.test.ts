import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, mock, type TestContext, test } from 'node:test'
import { holdTime } from '@pairgate/gateway/testing'
import { connectGateway } from '../src/connect-gateway.ts'
import type { GatewaySession } from '../src/gateway-session.ts'
import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'
import { createMemoryTokenStore } from '../src/tokens/memory-token-store.ts'
import { openRealGateway } from './real-gateway.ts'
import { temporaryFolder } from './temporary-folder.ts'

const time = holdTime({ mock })
const gateway = await openRealGateway({ after })
const origin = gateway.url.replace('ws:', 'http:')
const retry = { firstMs: 10, maxMs: 50 }

async function enter(t: TestContext) {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const tokens = createMemoryTokenStore()
  const scopes = ['operator.read', 'operator.write']
  const session = connectGateway({ url: gateway.url, key, tokens, scopes, wait: true, retry })
  t.after(() => session.close())
  await gateway.approve(key.deviceId)
  await session.request('health', {})
  return { session, deviceId: key.deviceId }
}

/** What the gateway says to this token, with a scope that is needed or without. */
async function verify(token: string, scope = ''): Promise<number> {
  const headers = { authorization: `Bearer ${token}` }
  return (await fetch(`${origin}/__pairgate__/verify${scope}`, { headers })).status
}

function reopened(session: GatewaySession): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.onState(({ kind }) => {
      if (kind !== 'open') return
      stop()
      resolve()
    })
  })
}

test('a session makes one access token for all who ask for the same, and remembers it', async (t) => {
  const { session } = await enter(t)
  const made = await Promise.all(Array.from({ length: 60 }, () => session.accessToken()))
  assert.equal(new Set(made).size, 1)
  const [token = ''] = made
  assert.match(token, /^pga_/)
  assert.equal(await verify(token), 204)
  assert.equal(await session.accessToken({}), token)
})

test('audience, scopes and lifetime make a token of their own', async (t) => {
  const { session } = await enter(t)
  const narrow = await session.accessToken({ scopes: ['operator.read'] })
  assert.deepEqual([await verify(narrow), await verify(narrow, '/operator.write')], [204, 403])
  const elsewhere = await session.accessToken({ audience: 'https://app.example' })
  assert.equal(await verify(elsewhere), 401)
  assert.equal(await verify(await session.accessToken({ audience: origin })), 204)
  const both = ['operator.write', 'operator.read']
  const wide = await session.accessToken({ scopes: both, ttlMs: 60_000 })
  assert.equal(await session.accessToken({ scopes: both.toReversed(), ttlMs: 60_000 }), wide)
  await assert.rejects(session.accessToken({ scopes: ['operator.admin'] }), { code: 'INVALID_REQUEST' })
  await assert.rejects(session.accessToken({ audience: 'no origin' }), { code: 'INVALID_REQUEST' })
})

test('a new one is made shortly before the end, and when somebody has refused the old one', async (t) => {
  const { session } = await enter(t)
  const ask = { ttlMs: 1_000 }
  const first = await session.accessToken(ask)
  time.advance(799)
  assert.equal(await session.accessToken(ask), first)
  time.advance(1)
  assert.notEqual(await session.accessToken(ask), first)
  // It was replaced while it was still good.
  assert.equal(await verify(first), 204)

  const refused = await session.accessToken()
  const [one, other] = await Promise.all([
    session.accessToken({}, { insteadOf: refused }),
    session.accessToken({}, { insteadOf: refused }),
  ])
  assert.notEqual(one, refused)
  assert.equal(other, one)
  assert.equal(await session.accessToken({}, { insteadOf: refused }), one)
})

test('after a rotation there is another access token, after a plain drop the same', async (t) => {
  const { session, deviceId } = await enter(t)
  const first = await session.accessToken()
  const back = reopened(session)
  if (session.state.kind === 'open') await session.state.connection.close()
  await back
  assert.equal(await session.accessToken(), first)

  const again = reopened(session)
  await gateway.owner.request('device.token.rotate', { deviceId, role: 'operator' })
  await again
  const second = await session.accessToken()
  assert.notEqual(second, first)
  assert.deepEqual([await verify(first), await verify(second)], [401, 204])
})

test('who stops waiting stops alone, and a session that is over makes no token', async (t) => {
  const { session } = await enter(t)
  const patient = session.accessToken()
  await assert.rejects(session.accessToken({}, { signal: AbortSignal.abort(new Error('enough')) }), /enough/)
  assert.match(await patient, /^pga_/)
  await session.close()
  await assert.rejects(session.accessToken(), { code: 'CLOSED' })
})
