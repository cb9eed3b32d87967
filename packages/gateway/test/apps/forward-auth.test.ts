import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { AppTicketResult } from '@pairgate/protocol/wire'
import { mint } from '../access/access-world.ts'
import { ON_SQLITE } from '../harness/engine.ts'
import { type HttpAnswer, openHttpClient } from '../harness/http-client.ts'
import { openApps } from './apps-world.ts'

/** The tests play the proxy, which has ended TLS in front of the app. */
const world = await openApps(ON_SQLITE, {
  isPlain: true,
  config: {
    trustedProxies: ['127.0.0.1'],
    pairing: { publicUrl: 'https://gate.example' },
    upstreams: [
      { match: { host: 'app.example' }, forwardAuth: true, scope: 'operator.read' },
      { match: { host: 'two.example', path: '/one' }, forwardAuth: true, scope: 'operator.read' },
      { match: { host: 'two.example', path: '/two' }, forwardAuth: true, scope: 'operator.write' },
    ],
  },
})
const client = openHttpClient(world.gateway)
after(() => client.close())

type Headers = Readonly<Record<string, string>>
const NAVIGATION: Headers = { accept: 'text/html', 'sec-fetch-mode': 'navigate' }
const PROXY: Headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' }
/** As Caddy and Traefik say what was asked for. */
const asked = (host: string, target: string, method = 'GET'): Headers => ({
  ...PROXY,
  host: host,
  'x-forwarded-host': host,
  'x-forwarded-uri': target,
  'x-forwarded-method': method,
})
/** As nginx does. */
const original = (host: string, target: string, method = 'GET'): Headers => ({
  ...PROXY,
  host: host,
  'x-original-url': `https://${host}${target}`,
  'x-original-method': method,
})
const VERIFY = '/__pairgate__/verify'
const identity = ({ headers }: HttpAnswer) =>
  ['device', 'session', 'role', 'scopes', 'cookie'].map((name) => headers[`x-pairgate-${name}`])
const codeOf = ({ body }: HttpAnswer) => (JSON.parse(body) as { error: { code: string } }).error.code
const cookieOf = ({ headers }: HttpAnswer) => String(headers['set-cookie']).split(';')[0] ?? ''

/** The page's part, and the way back: what the browser then has as cookies of the app. */
async function enter(started: HttpAnswer, host: string) {
  const paired = await world.pair()
  const query = new URL(String(started.headers.location)).searchParams
  const params = { return: query.get('return'), state: query.get('state') }
  const { location } = await paired.client.call<AppTicketResult>('apps.ticket', params)
  assert.ok(location.startsWith(`https://${host}/__pairgate__/enter?`))
  const state = cookieOf(started)
  const path = location.slice(`https://${host}`.length)
  const entered = await client.get(path, { ...PROXY, ...NAVIGATION, host, cookie: state })
  assert.equal(entered.status, 303, entered.body)
  return { ...paired, cookie: `${state}; ${cookieOf(entered)}`, back: entered.headers.location }
}

for (const [program, say] of Object.entries({ 'Caddy or Traefik': asked, nginx: original })) {
  describe(`a proxy that asks as ${program} does`, () => {
    test('is told to let a browser in with the cookie of the app, and who it is', async () => {
      const started = await client.get(`${VERIFY}/redirect`, {
        ...say('app.example', '/x?y=1'),
        ...NAVIGATION,
      })
      assert.equal(started.status, 303)
      const location = new URL(String(started.headers.location))
      assert.equal(location.origin + location.pathname, 'https://gate.example/__pairgate__/pair')
      assert.equal(location.searchParams.get('return'), 'https://app.example/x?y=1')
      assert.match(String(started.headers['set-cookie']), /^__Host-pairgate-state=.*; Secure; SameSite=Lax$/)
      assert.equal(started.headers['cache-control'], 'no-store')
      assert.deepEqual(identity(started).slice(0, 4), ['', '', '', ''])
      const { cookie, back, device, client: own } = await enter(started, 'app.example')
      assert.equal(back, '/x?y=1')
      const seen = await client.get(VERIFY, {
        ...say('app.example', '/;odd'),
        cookie: `theme=dark; ${cookie}; a=b`,
      })
      assert.equal(seen.status, 204)
      assert.deepEqual([identity(seen)[0], identity(seen)[4]], [device.id, 'theme=dark; a=b'])
      await world.owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
      const refused = await client.get(VERIFY, { ...say('app.example', '/x'), cookie })
      assert.equal(refused.status, 401)
      assert.deepEqual(identity(refused), ['', '', '', '', ''])
      await own.closed
    })

    test('is told no redirect where it asks for none, for scripts, sockets and methods that change something', async () => {
      const answers = [
        await client.get(VERIFY, { ...say('app.example', '/x'), ...NAVIGATION }),
        await client.get(`${VERIFY}/redirect`, { ...say('app.example', '/x'), accept: '*/*' }),
        await client.get(`${VERIFY}/redirect`, { ...say('app.example', '/x', 'POST'), ...NAVIGATION }),
        await client.get(`${VERIFY}/redirect`, {
          ...say('app.example', '/x'),
          ...NAVIGATION,
          'sec-websocket-key': 'x',
        }),
      ]
      for (const { status, headers } of answers)
        assert.deepEqual([status, headers['set-cookie'], headers.location], [401, undefined, undefined])
    })

    test('is told no for a cookie with which another site asks', async () => {
      const started = await client.get(`${VERIFY}/redirect`, { ...say('app.example', '/'), ...NAVIGATION })
      const { cookie } = await enter(started, 'app.example')
      const origin = 'https://app.example'
      const tries: readonly (readonly [string, Headers, number])[] = [
        ['POST', { origin }, 204],
        ['POST', {}, 403],
        ['POST', { origin: 'https://evil.example' }, 403],
        ['POST', { origin, 'sec-fetch-site': 'cross-site' }, 403],
        ['GET', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
        ['GET', { 'sec-websocket-key': 'x' }, 403],
        ['GET', { 'sec-websocket-key': 'x', origin }, 204],
      ]
      for (const [method, headers, status] of tries) {
        const seen = await client.get(VERIFY, { ...say('app.example', '/', method), cookie, ...headers })
        assert.equal(seen.status, status, JSON.stringify([method, headers]))
      }
    })

    test('is told by the path which app of a host is meant, and that its cookie opens no other', async () => {
      const started = await client.get(`${VERIFY}/redirect`, { ...say('two.example', '/one'), ...NAVIGATION })
      const { cookie } = await enter(started, 'two.example')
      const ask = (target: string) => client.get(VERIFY, { ...say('two.example', target), cookie })
      assert.equal((await ask('/one/x')).status, 204)
      assert.equal((await ask('/two/x')).status, 401)
      for (const target of ['/three', '/one/../two', '/onetwo'])
        assert.equal((await ask(target)).status, 403, target)
    })

    test('is told no where it cannot be said which app is meant, whatever token is shown (T35)', async () => {
      const paired = await world.pair({ scopes: ['operator.talk'] })
      const { accessToken } = await mint(paired.client)
      const token: Headers = { authorization: `Bearer ${accessToken}` }
      const clear = say('app.example', '/x')
      const tries: readonly Headers[] = [
        { ...clear, ...asked('app.example', '/x'), ...original('other.example', '/x') },
        { ...asked('app.example', '/x'), 'x-original-method': 'GET' },
        { ...original('app.example', '/x'), 'x-forwarded-method': 'GET' },
        say('app.example', '/x', 'get'),
        say('app.example', '/a b'),
        say('app.example', '/a#b'),
        say('app.example.', '/x'),
        say('app.example@other.example', '/x'),
        say('two.example', '/three#'),
      ]
      assert.equal((await client.get(VERIFY, { ...clear, ...token })).status, 403)
      for (const headers of tries) {
        const host = headers['host']?.startsWith('two') ? 'two.example' : 'app.example'
        const seen = await client.get(VERIFY, { ...headers, ...token, host })
        assert.deepEqual([seen.status, codeOf(seen)], [403, 'REQUEST_UNCLEAR'], JSON.stringify(headers))
        assert.deepEqual(identity(seen).slice(0, 4), ['', '', '', ''])
      }
    })
  })
}

describe('the page at which a proxy begins the way to pair', () => {
  test('leads there from what the proxy says was asked for, or from a path that a link names', async () => {
    const start = '/__pairgate__/start'
    const ways: readonly (readonly [string, Headers, string])[] = [
      [start, original('app.example', '/deep?x'), 'https://app.example/deep?x'],
      [`${start}?return=%2Fa%3Fb`, { ...PROXY, host: 'app.example' }, 'https://app.example/a?b'],
      [start, { ...PROXY, host: 'app.example' }, 'https://app.example/'],
      [`${start}?return=//evil.example/x`, { ...PROXY, host: 'app.example' }, 'https://app.example/'],
      [`${start}?return=https://evil.example/`, { ...PROXY, host: 'app.example' }, 'https://app.example/'],
    ]
    for (const [path, headers, wanted] of ways) {
      const seen = await client.get(path, { ...headers, ...NAVIGATION })
      assert.equal(seen.status, 303, path)
      assert.equal(new URL(String(seen.headers.location)).searchParams.get('return'), wanted)
    }
  })

  test('leads nowhere for scripts, for another host than its own, and without a proxy that is trusted', async () => {
    const start = '/__pairgate__/start'
    const tries: readonly Headers[] = [
      { ...original('app.example', '/x'), 'sec-fetch-mode': 'cors' },
      { ...original('app.example', '/x', 'POST'), ...NAVIGATION },
      { ...original('app.example', '/x'), ...NAVIGATION, host: 'two.example' },
      { ...original('evil.example', '/x'), ...NAVIGATION, host: 'app.example' },
    ]
    for (const headers of tries) assert.equal((await client.get(start, headers)).status, 401)
    assert.equal((await client.get(start, { ...PROXY, ...NAVIGATION, host: 'evil.example' })).status, 421)
  })

  test('is all there is of an app that a proxy serves, beside the question of that proxy', async () => {
    for (const path of ['/', '/__pairgate__/metrics', '/__pairgate__/jwks', '/healthz'])
      assert.equal((await client.get(path, { ...PROXY, host: 'app.example' })).status, 404, path)
  })
})
