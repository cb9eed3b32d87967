import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { after, describe, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { ON_SQLITE } from '../harness/engine.ts'
import { within } from '../harness/within.ts'
import { ask } from '../proxy/proxy-world.ts'
import { openApps } from './apps-world.ts'

const world = await openApps(ON_SQLITE, { isPlain: true })
const { app, shared, upstream, owner, gateway } = world
const paired = await world.pair()
const browser = await world.enter(paired, app)
const echo = new WebSocketServer({ noServer: true })
upstream.upgradeBy((request, socket, head) =>
  echo.handleUpgrade(request, socket, head, (open) => open.send('hello')),
)
const arrived = () => upstream.arrived.at(-1) ?? assert.fail()
const cookie = () => browser.cookieHeader(app)

describe('with the cookie of an app as the credential', () => {
  test('what changes something must come from a page of that very origin', async () => {
    const evil = ['https://evil.example', 'null', world.at('other.example'), `${app}0`, app.toUpperCase()]
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      assert.equal((await browser.fetch(`${app}/x`, { method })).status, 200, method)
      for (const origin of evil) {
        const seen = await browser.fetch(`${app}/x`, { method, headers: { origin } })
        assert.equal(seen.status, 403, `${method} ${origin}`)
        assert.match(seen.body, /ORIGIN_NOT_ALLOWED/)
      }
      const bare = await ask(
        { port: gateway.port, method, headers: { host: new URL(app).host, cookie: cookie() } },
        '/x',
      )
      assert.equal(bare.status, 403)
    }
    const crossSite = { 'sec-fetch-site': 'cross-site' }
    assert.equal((await browser.fetch(`${app}/x`, { headers: crossSite })).status, 403)
    assert.equal((await browser.go(`${app}/x`, { headers: crossSite })).status, 200)
  })

  test('what it opens is kept by no cache that others are served from', async () => {
    upstream.answerBy((_request, response) => {
      response.setHeader('Cache-Control', 'public, max-age=60').end('fine')
    })
    const { headers } = await browser.fetch(`${app}/style.css`)
    assert.equal(headers['cache-control'], 'max-age=60, private')
  })

  test('a WebSocket opens for a page of that very origin, and ends with a revoke', async () => {
    const { port, host } = new URL(app)
    const other = await world.pair()
    const own = await world.enter(other, app)
    const open = (headers: Record<string, string>) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, {
        headers: { host, cookie: own.cookieHeader(app), ...headers },
      })
      after(() => socket.terminate())
      return socket
    }
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: app, 'sec-fetch-site': 'same-site' },
    ]) {
      const [error] = (await once(open(headers), 'error')) as [Error]
      assert.match(error.message, /403/)
    }
    const socket = open({ origin: app })
    assert.equal(String((await within(once(socket, 'message'), () => 'the greeting'))[0]), 'hello')
    const closed = once(socket, 'close')
    await owner.call('device.token.revoke', { deviceId: other.device.id, role: 'operator' })
    await within(closed, () => 'the end of the socket')
  })

  test('a stream that it opened is cut by a revoke', async () => {
    const other = await world.pair()
    const own = await world.enter(other, app)
    upstream.answerBy((_request, response) => response.writeHead(200).write('first'))
    const { port, host } = new URL(app)
    const asked = get({
      host: '127.0.0.1',
      port,
      path: '/s',
      agent: false,
      headers: { host, cookie: own.cookieHeader(app) },
    })
    const [answer] = (await within(once(asked, 'response'), () => 'the stream')) as [IncomingMessage]
    // The connection is reset, which both of them tell.
    for (const one of [asked, answer]) one.on('error', () => undefined)
    await once(answer, 'data')
    const closed = new Promise((resolve) => answer.once('close', resolve))
    await owner.call('device.token.revoke', { deviceId: other.device.id, role: 'operator' })
    await within(closed, () => 'the end of the stream')
    upstream.answerBy((_request, response) => response.end('fine'))
  })

  test('a token of the gateway outranks it, and what is nothing of ours goes on to the app (T39)', async () => {
    for (const authorization of ['Basic dXNlcjpwYXNz', 'token ghp_abc', 'Bearer eyJhbGciOi.x.y']) {
      assert.equal((await browser.fetch(`${app}/x`, { headers: { authorization } })).status, 200)
      assert.equal(arrived().headers.authorization, authorization)
    }
    const { accessToken } = await paired.client.call<{ accessToken: string }>('device.token.access', {})
    assert.equal(
      (await browser.fetch(`${app}/x`, { headers: { authorization: `Bearer ${accessToken}` } })).status,
      200,
    )
    assert.equal(arrived().headers.authorization, undefined)
    const bad = `Bearer pga_${'A'.repeat(43)}0000000`
    for (const authorization of [bad, 'DPoP x']) {
      const seen = await browser.go(`${app}/x`, { headers: { authorization } })
      assert.equal(seen.status, 401, authorization)
    }
  })

  test('the app keeps its own cookies, sees none of ours and sets none (T39)', async () => {
    const headers = { cookie: `theme=dark; ${cookie()}; =pairgate-app-1=x; id="a b"` }
    assert.equal((await browser.fetch(`${app}/x`, { headers })).status, 200)
    assert.equal(arrived().headers.cookie, 'theme=dark; id="a b"')
    upstream.answerBy((_request, response) => {
      const set = [
        'own=1; Path=/',
        '__Host-pairgate-app-0=x',
        ' pairgate-state=x',
        '=pairgate-app-0=x',
        'PAIRGATE-y=z',
      ]
      response.writeHead(200, {
        'Set-Cookie': set,
        'Clear-Site-Data': '"cookies"',
        'Service-Worker-Allowed': '/',
      })
      response.end()
    })
    const alone = await browser.fetch(`${app}/x`)
    assert.deepEqual(alone.headers['set-cookie'], ['own=1; Path=/'])
    assert.equal(alone.headers['service-worker-allowed'], '/')
    const neighbour = await world.enter(paired, `${shared}/one`)
    const seen = await neighbour.fetch(`${shared}/one`)
    assert.deepEqual(
      [seen.headers['clear-site-data'], seen.headers['service-worker-allowed']],
      [undefined, undefined],
    )
    upstream.answerBy((_request, response) => response.end('fine'))
  })
})

describe('the cookie of an app', () => {
  const value = () =>
    Array.from(browser.cookies(app)).find(([name]) => name.startsWith('pairgate-app-')) ?? assert.fail()
  const fetchWith = (url: string, cookies: string) => browser.fetch(url, { headers: { cookie: cookies } })

  test('is taken once, by its own name and at its own app', async () => {
    const [name, secret] = value()
    assert.equal((await fetchWith(`${app}/x`, `${name}=${secret}`)).status, 200)
    for (const cookies of [
      `${name}=${secret}; ${name}=${secret}`,
      `${name}=; ${name}=${secret}`,
      `${name.toUpperCase()}=${secret}`,
      `__Host-${name}=${secret}`,
      `pairgate-app-000000000000=${secret}`,
      `${name}=${secret.slice(0, -1)}`,
    ])
      assert.equal((await fetchWith(`${app}/x`, cookies)).status, 401, cookies)
    const elsewhere = await world.enter(paired, world.at('other.example'))
    const [otherName] = [...elsewhere.cookies(world.at('other.example')).keys()].filter(
      (each) => each !== 'pairgate-state',
    )
    assert.equal((await fetchWith(`${world.at('other.example')}/x`, `${otherName}=${secret}`)).status, 401)
    assert.equal((await fetchWith(`${shared}/one`, `${name}=${secret}`)).status, 401)
  })

  test('opens neither the gateway nor what asks it, and is no token', async () => {
    const [, secret] = value()
    const at = (path: string, headers: Record<string, string>) => ask({ port: gateway.port, headers }, path)
    assert.equal((await at('/__pairgate__/verify', { cookie: cookie() })).status, 401)
    assert.equal((await at('/__pairgate__/verify', { authorization: `Bearer ${secret}` })).status, 401)
    assert.equal(
      (await browser.fetch(`${app}/x`, { headers: { authorization: `Bearer ${secret}`, cookie: '' } }))
        .status,
      401,
    )
    const client = gateway.open({ headers: { cookie: cookie() } })
    const { ok } = await client.connect({ auth: { deviceToken: secret } })
    assert.equal(ok, false)
  })

  test('stands in no log, nor does the ticket that it was made of', () => {
    const said = gateway.logged.join('\n')
    assert.doesNotMatch(said, /pg[ct]_/)
    assert.ok(!said.includes('__pairgate__/enter'))
  })
})
