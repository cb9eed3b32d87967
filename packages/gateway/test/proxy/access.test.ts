import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { EVERY_SESSION } from '@pairgate/protocol'
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose'
import { makeProof, type ProofFacts } from '../access/make-proof.ts'
import { type Answered, ask, openProxy } from './proxy-world.ts'

const HOST = 'app.example'
const world = await openProxy({ after }, [
  { match: { path: '/read' }, scope: 'operator.read' },
  { match: { path: '/read/admin' }, scope: 'operator.admin' },
  { match: { path: '/maybe' }, scope: 'operator.read', auth: 'optional' },
  { match: { path: '/s/:session' }, scope: 'none', session: { pathParameter: 'session' } },
  { match: { path: '/h' }, scope: 'none', session: { header: 'X-Session' } },
  { match: { host: HOST, path: '/' }, scope: 'none' },
  { match: { host: 'raw.example' }, scope: 'none', rawPath: true },
])
const { gateway, upstream, enter, port } = world
const last = () => upstream.arrived.at(-1) ?? assert.fail('nothing has arrived')
const codeOf = ({ body }: Answered) => JSON.parse(body).error.code

async function refused(asking: Promise<Answered>, status: number, code: string): Promise<Answered> {
  const before = upstream.arrived.length
  const answer = await asking
  assert.deepEqual([answer.status, codeOf(answer)], [status, code])
  assert.equal(upstream.arrived.length, before, 'it has reached the upstream')
  assert.equal(answer.headers['cache-control'], 'no-store')
  return answer
}

describe('who may pass', () => {
  test('nobody without a token, and whoever has the scope with one, which stays behind (T39)', async () => {
    const { accessToken: token, device, hello } = await enter()
    const missing = await refused(world.ask('/read'), 401, 'CREDENTIAL_MISSING')
    assert.match(String(missing.headers['www-authenticate']), /^Bearer realm="pairgate", DPoP/)
    for (const authorization of [
      'Bearer pga_wrong',
      'Basic YTpi',
      `Bearer ${token}, x`,
      `Bearer ${hello.auth.deviceToken ?? 'pgd_x'}`,
    ])
      await refused(world.ask('/read', { headers: { authorization } }), 401, 'TOKEN_INVALID')
    assert.equal((await world.ask('/read', { token })).status, 200)
    const { headers } = last()
    assert.equal(headers['x-pairgate-device'], device.id)
    assert.equal(headers['x-pairgate-role'], 'operator')
    assert.equal(headers['x-pairgate-scopes'], 'operator.read')
    assert.ok(headers['x-pairgate-session'])
    assert.ok(!JSON.stringify(last()).includes('pga_'), 'the token went along (T39)')
  })
  test('a device with its token and a proof for this very request, once, of which nothing goes on (T39)', async () => {
    const { device, token } = await enter()
    const path = '/read/a%20b'
    const url = `http://127.0.0.1:${port}${path}`
    const show = async (facts: Partial<ProofFacts>) => {
      const dpop = await makeProof({ device, token, url, ...facts })
      return {
        dpop,
        answer: await world.ask(`${path}?q=1`, { headers: { authorization: `DPoP ${token}`, dpop } }),
      }
    }
    const asked = await show({ claims: { iat: Math.floor(Date.now() / 1_000) - 50 } })
    const nonce = String(asked.answer.headers['dpop-nonce'])
    const { dpop, answer } = await show({ nonce })
    assert.equal(answer.status, 200, answer.body)
    assert.equal(last().headers['x-pairgate-device'], device.id)
    assert.ok(!JSON.stringify(last()).includes(token) && !JSON.stringify(last()).includes(dpop))
    const again = world.ask(path, { headers: { authorization: `DPoP ${token}`, dpop } })
    await refused(again, 401, 'PROOF_INVALID')
    await refused(Promise.resolve((await show({ nonce, url: `${url}/other` })).answer), 401, 'PROOF_INVALID')
  })
  test('a narrower route inside a wider one is found, also when it is spelt oddly (T34, T35)', async () => {
    const { accessToken: token } = await enter()
    const admin = await refused(world.ask('/read/admin/x', { token }), 403, 'SCOPE_MISSING')
    assert.match(String(admin.headers['www-authenticate']), /scope="operator.admin"/)
    for (const path of [
      '/read/%61dmin',
      '/read//admin',
      '/read/./admin',
      '/read/x/../admin',
      '/read%2fadmin',
      '/read;/admin',
    ])
      await refused(world.ask(path, { token }), 400, 'BAD_REQUEST')
    assert.equal((await world.ask('/read/administer', { token })).status, 200)
  })
  test('nobody at a path that no route has (T34)', async () => {
    const { accessToken: token } = await enter()
    for (const path of ['/', '/reader', '/READ', '/__pairgate__/jwks', '/healthz'])
      await refused(world.ask(path, { token }), 404, 'NOT_FOUND')
  })
  test('everybody where a token is a choice, but not with a bad one', async () => {
    assert.equal((await world.ask('/maybe')).status, 200)
    assert.equal(last().headers['x-pairgate-device'], undefined)
    await refused(world.ask('/maybe', { token: 'pga_wrong' }), 401, 'TOKEN_INVALID')
    const { accessToken: token, device } = await enter()
    await world.ask('/maybe', { token })
    assert.equal(last().headers['x-pairgate-device'], device.id)
  })
  test('nobody with a token in the URL (T02)', async () => {
    const { accessToken: token } = await enter()
    await refused(world.ask(`/read?token=${token}`, { token }), 400, 'SECRET_IN_URL')
    assert.equal((await world.ask('/read?token=of-the-app', { token })).status, 200)
  })
  test('a host of its own at both ports, and its routes nowhere else (T07, T08)', async () => {
    const { accessToken: token } = await enter()
    for (const at of [port, gateway.port]) {
      assert.equal((await ask({ port: at, token, headers: { host: HOST } }, '/anything')).status, 200)
      assert.equal(last().headers.host, HOST)
    }
    await refused(ask({ port, token, headers: { host: HOST } }, '/__pairgate__/x'), 404, 'NOT_FOUND')
    for (const host of [
      'evil.example',
      'app.example.evil.example',
      '127.evil.com',
      '0x7f.1',
      'app.example.',
      'x@app.example',
      '0.0.0.0',
    ])
      await refused(ask({ port, token, headers: { host } }, '/read'), 421, 'HOST_NOT_ALLOWED')
    await refused(ask({ port: gateway.port, token }, '/read'), 404, 'NOT_FOUND')
  })
  test('a token for another app does not', async () => {
    const { client } = await enter()
    const origin = `http://127.0.0.1:${port}`
    for (const [audience, status] of [
      [origin, 200],
      ['https://other.example', 401],
    ] as const) {
      const { accessToken: token } = await client.call<{ accessToken: string }>('device.token.access', {
        audience,
      })
      assert.equal((await world.ask('/read', { token })).status, status)
    }
  })
  test('whatever is written as a path, where a host belongs to one upstream that wants it so', async () => {
    const { accessToken: token } = await enter()
    for (const path of ['/a/../b;c//%2f%5c', '/\\x?y;z']) {
      assert.equal((await world.ask(path, { token, headers: { host: 'raw.example' } })).status, 200)
      assert.equal(last().url, path)
    }
  })
})

describe('whose session is meant', () => {
  test('the own one passes, another one is not there', async () => {
    const { accessToken: token, hello } = await enter()
    const { accessToken: stranger } = await enter({ approval: { session: 'new' } })
    const own = last
    await world.ask('/h', { token })
    const key = String(own().headers['x-session'])
    assert.ok(key.length > 0 && hello)
    assert.equal((await world.ask(`/s/${key}/x`, { token })).status, 200)
    for (const name of ['main', 'agent:main:main', key]) {
      await world.ask('/h', { token, headers: { 'X-Session': name } })
      assert.equal(own().headers['x-session'], key)
    }
    await refused(world.ask('/s/nobodys', { token }), 404, 'NOT_FOUND')
    await refused(world.ask(`/s/${key}`, { token: stranger }), 404, 'NOT_FOUND')
    await refused(world.ask('/h', { token: stranger, headers: { 'X-Session': key } }), 404, 'NOT_FOUND')
    await refused(world.ask('/h', { token, headers: { 'X-Session': `${key}, another` } }), 404, 'NOT_FOUND')
    await world.ask('/h', { token, headers: { X_Session: 'another' } })
    assert.ok(!own().rawHeaders.includes('another'))
    assert.notEqual(EVERY_SESSION, key)
  })
})

describe('what is signed for an upstream', () => {
  test('says who calls, to this upstream and for a minute, by a key that is published', async () => {
    const { accessToken: token, device } = await enter()
    await world.ask('/read', { token })
    const assertion = String(last().headers['x-pairgate-assertion'])
    const published = await ask({ port: gateway.port }, '/__pairgate__/jwks')
    const jwks = JSON.parse(published.body) as JSONWebKeySet
    assert.equal(jwks.keys.length, 3)
    assert.ok(jwks.keys.every((key) => !('d' in key)))
    const keys = createLocalJWKSet(jwks)
    const { payload } = await jwtVerify(assertion, keys, { issuer: 'pairgate', audience: upstream.target })
    assert.equal(payload.sub, device.id)
    assert.equal(payload['scope'], 'operator.read')
    assert.equal(payload['role'], 'operator')
    assert.equal(payload['session'], last().headers['x-pairgate-session'])
    assert.equal(Number(payload.exp) - Number(payload.iat), 60)
    await assert.rejects(jwtVerify(assertion, keys, { audience: 'http://another' }))
    assert.equal(decodeProtectedHeader(assertion).alg, 'EdDSA')
  })
  test('is the same again for a moment, and another for another device', async () => {
    const [one, other] = [await enter(), await enter()]
    const told: unknown[] = []
    for (const { accessToken: token } of [one, one, other]) {
      await world.ask('/read', { token })
      told.push(last().headers['x-pairgate-assertion'])
    }
    assert.equal(told[0], told[1])
    assert.notEqual(told[0], told[2])
  })
})
