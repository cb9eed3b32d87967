import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { AccessResult } from '@pairgate/protocol/wire'
import { decodeJwt } from 'jose'
import { makeProof } from '../access/make-proof.ts'
import { connectPaired } from '../harness/pair.ts'
import { eventually } from '../harness/within.ts'
import { type Answered, type Caller, openProxy } from './proxy-world.ts'

const { gateway, upstream, enter, ask, port } = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read', session: { header: 'X-Session' } },
])
const owner = await gateway.owner()
const role = 'operator'

/** What the upstream is told of a caller, in headers and signed; both must say the same. */
function told(): Readonly<Record<'device' | 'session' | 'scopes' | 'key', string>> {
  const { headers } = upstream.arrived.at(-1) ?? assert.fail('nothing has arrived')
  const of = (name: string) => String(headers[name])
  const { sub, ...signed } = decodeJwt(of('x-pairgate-assertion'))
  const [device, session, scopes] = ['device', 'session', 'scopes'].map((name) => of(`x-pairgate-${name}`))
  assert.deepEqual([sub, signed['session'], signed['scope']], [device, session, scopes])
  return { device: `${device}`, session: `${session}`, scopes: `${scopes}`, key: of('x-session') }
}

/** Asks until nothing more has to be read or signed for it. */
async function askOften(caller: Caller): Promise<ReturnType<typeof told>> {
  for (let n = 0; n < 3; n += 1) assert.equal((await withAccess(caller)).status, 200)
  return told()
}
const withAccess = ({ accessToken: token }: Caller) => ask('/app', { token })

/** With the device's own token, which stays the same where its grant only changes. */
async function withProof({ device, token }: Caller, nonce?: string): Promise<Answered> {
  const dpop = await makeProof({ device, token, url: `http://127.0.0.1:${port}/app`, nonce })
  const answer = await ask('/app', { headers: { authorization: `DPoP ${token}`, dpop } })
  const wanted = answer.headers['dpop-nonce']
  return wanted === undefined || nonce !== undefined
    ? answer
    : withProof({ device, token } as Caller, `${wanted}`)
}

async function assertOver(caller: Caller): Promise<void> {
  const before = upstream.arrived.length
  assert.equal((await withAccess(caller)).status, 401)
  assert.equal(upstream.arrived.length, before, 'it has reached the upstream')
}

describe('what is remembered of a caller is never told after it has changed', () => {
  test('a token that was moved opens the other session at once, and what it had made is over', async () => {
    const caller = await enter()
    const before = await askOften(caller)
    assert.equal((await withProof(caller)).status, 200)
    await owner.call('device.token.move', { deviceId: caller.device.id, role, session: 'new' })
    await assertOver(caller)
    const answer = await withProof(caller)
    assert.equal(answer.status, 200, answer.body)
    const { session, key } = told()
    assert.ok(session !== before.session && key !== before.key, 'the upstream was told of the old session')
  })
  test('a session that was renamed has its new name in the next request', async () => {
    const caller = await enter({ approval: { session: 'new' } })
    const before = await askOften(caller)
    await owner.call('sessions.patch', { key: before.key, newKey: 'renamed-by-test' })
    assert.equal((await withAccess(caller)).status, 200)
    assert.deepEqual(told(), { ...before, key: 'renamed-by-test' })
  })
  test('a label changes nothing that an upstream is told', async () => {
    const caller = await enter()
    const before = await askOften(caller)
    await owner.call('device.pair.rename', { deviceId: caller.device.id, label: 'another name' })
    assert.equal((await withAccess(caller)).status, 200)
    assert.deepEqual(told(), before)
  })
  test('who was given more is told to hold it, and then less, in the next request', async () => {
    const caller = await enter()
    const { device, token } = caller
    await askOften(caller)
    const more = await caller.client.call<{ requestId: string }>('device.scopes.requestUpgrade', {
      scopes: ['operator.read', 'operator.write'],
    })
    await owner.call('device.pair.approve', { requestId: more.requestId })
    assert.equal((await withProof(caller)).status, 200)
    assert.match(told().scopes, /operator\.write/)
    const all = { device, token, scopes: ['operator.write', 'operator.read'], extended: true }
    const { client } = await connectPaired(gateway, all)
    const wide = { ...caller, ...(await client.call<AccessResult>('device.token.access', {})) }
    assert.match((await askOften(wide)).scopes, /operator\.write/)
    await owner.call('device.token.rotate', { deviceId: device.id, role, scopes: ['operator.read'] })
    await assertOver(wide)
    await assertOver(caller)
    assert.equal((await withProof(caller)).status, 401)
    // The device fetches its new token with the old one.
    const { hello } = await connectPaired(gateway, { device, token, scopes: ['operator.read'] })
    const narrow = { ...caller, token: `${hello.auth.deviceToken}` }
    const answer = await withProof(narrow)
    assert.equal(answer.status, 200, answer.body)
    assert.equal(told().scopes, 'operator.read')
  })
  test('a header that narrows holds for its own request alone', async () => {
    const caller = await enter({ scopes: ['operator.read', 'operator.write'] })
    const before = await askOften(caller)
    const headers = { 'x-openclaw-scopes': 'operator.read' }
    assert.equal((await ask('/app', { token: caller.accessToken, headers })).status, 200)
    assert.deepEqual(told(), { ...before, scopes: 'operator.read' })
    assert.deepEqual(await askOften(caller), before)
  })
  for (const [why, end] of Object.entries({
    'its device was removed': (deviceId: string) => owner.call('device.pair.remove', { deviceId }),
    'its parent was revoked': (deviceId: string) => owner.call('device.token.revoke', { deviceId, role }),
    'its parent was rotated': (deviceId: string) => owner.call('device.token.rotate', { deviceId, role }),
  }))
    test(`an access token is over when ${why}`, async () => {
      const caller = await enter()
      await askOften(caller)
      await end(caller.device.id)
      await assertOver(caller)
    })
  test('an access token is over when its parent has run out, also when that was moved meanwhile', async () => {
    const caller = await enter({ approval: { expiresInMs: 60_000 } })
    await askOften(caller)
    await owner.call('device.token.extend', { deviceId: caller.device.id, role, expiresInMs: 1_000 })
    assert.equal((await withAccess(caller)).status, 200)
    await eventually(async () => (await withAccess(caller)).status === 401, 'the end of the token')
    await assertOver(caller)
  })
})
