import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AppsWorld, ticketFor, visitOf } from './apps-world.ts'
import { openBrowser, type Seen } from './browser-of-test.ts'

const cookiesSet = ({ headers }: Seen) => headers['set-cookie'] ?? []
const PAGES = ['no-store', 'no-referrer'] as const
const pageHeaders = ({ headers }: Seen) => [headers['cache-control'], headers['referrer-policy']]

/** How browsers get into apps, and what ends that, on any engine and with or without TLS. */
export function appStory(world: AppsWorld, isPlain = false): void {
  const { app, shared, console, upstream, owner } = world
  const tied = isPlain ? '' : '__Host-'
  const tail = isPlain ? 'SameSite=Lax' : 'Secure; SameSite=Lax'

  describe('a browser that comes to an app', () => {
    test('goes by the pairing page, comes back to where it was, and is known by a cookie of that app', async () => {
      const paired = await world.pair()
      const browser = openBrowser()
      const started = await browser.go(`${app}/deep/page?q=1&r=%20x`)
      const visit = visitOf(started)
      assert.match(visit.page, /^https?:\/\/[^/]+:\d+\/__pairgate__\/pair$/)
      assert.equal(visit.return, `${app}/deep/page?q=1&r=%20x`)
      assert.match(visit.state, /^[A-Za-z0-9_-]{64}$/)
      assert.deepEqual(pageHeaders(started), PAGES)
      assert.match(
        String(cookiesSet(started)),
        new RegExp(`^${tied}pairgate-state=[A-Za-z0-9_-]{43}; Max-Age=600; Path=/; HttpOnly; ${tail}$`),
      )
      const { location, expiresAtMs } = await ticketFor(paired.client, started)
      assert.ok(location.startsWith(`${app}/__pairgate__/enter?ticket=pgt_`))
      assert.ok(expiresAtMs - Date.now() <= 30_000)
      const entered = await browser.go(location)
      assert.equal(entered.status, 303)
      assert.equal(entered.headers.location, '/deep/page?q=1&r=%20x')
      assert.deepEqual(pageHeaders(entered), PAGES)
      const seconds = isPlain ? '(?:300|299)' : '(?:43200|43199)'
      assert.match(
        String(cookiesSet(entered)),
        new RegExp(
          `^${tied}pairgate-app-[0-9a-f]{12}=pgc_[A-Za-z0-9_-]{50}; Max-Age=${seconds}; Path=/; HttpOnly; ${tail}$`,
        ),
      )
      const seen = await browser.go(`${app}/deep/page?q=1&r=%20x`)
      assert.deepEqual([seen.status, seen.body], [200, 'fine'])
      const { headers } = upstream.arrived.at(-1) ?? assert.fail()
      assert.equal(headers['x-pairgate-device'], paired.device.id)
      assert.equal(headers.cookie, undefined)
    })

    test('enters an app that shares a port from the same host name at the port of the gateway', async () => {
      const paired = await world.pair()
      const { page } = visitOf(await openBrowser().go(`${shared}/one/x`))
      assert.equal(page, `${console}/__pairgate__/pair`)
      const browser = await world.enter(paired, `${shared}/one/x`)
      assert.equal((await browser.go(`${shared}/one/y`)).status, 200)
      // The cookie of one app opens no other, although the browser sends it there.
      visitOf(await browser.go(`${shared}/two`))
      await world.enter(paired, `${shared}/two`, browser)
      for (const path of ['/one', '/two']) assert.equal((await browser.go(shared + path)).status, 200)
    })

    test('keeps its state for every tab that is opened at once', async () => {
      const { client } = await world.pair()
      const browser = openBrowser()
      const tabs = [await browser.go(`${app}/a`), await browser.go(`${app}/b`), await browser.go(`${app}/c`)]
      const tickets = await Promise.all(tabs.map((tab) => ticketFor(client, tab)))
      for (const [at, { location }] of tickets.entries()) {
        const entered = await browser.go(location)
        assert.equal(entered.headers.location, `/${'abc'[at]}`)
      }
    })

    test('is sent nowhere when it is a script, a form, a socket or an image that asks', async () => {
      const browser = openBrowser()
      for (const seen of [
        await browser.fetch(`${app}/x`),
        await browser.go(`${app}/x`, { method: 'POST', body: 'x' }),
        await browser.go(`${app}/x`, { headers: { 'sec-fetch-mode': 'no-cors' } }),
        await browser.go(`${app}/x`, { headers: { 'sec-fetch-mode': 'websocket' } }),
      ]) {
        assert.equal(seen.status, 401)
        assert.match(seen.body, /CREDENTIAL_MISSING/)
        assert.deepEqual(cookiesSet(seen), [])
      }
    })

    test('is not sent to pair for an app that no cookie opens, nor one that is open', async () => {
      const browser = openBrowser()
      assert.equal((await browser.go(world.at('mighty.example'))).status, 401)
      for (const host of ['open.example', 'public.example'])
        assert.equal((await browser.go(world.at(host))).status, 200)
    })

    test('is told which scope its device lacks, and enters after an upgrade', async () => {
      const { client } = await world.pair()
      const started = await openBrowser().go(world.at('writers.example'))
      const { return: wanted, state } = visitOf(started)
      const refused = await client.fail('apps.ticket', { return: wanted, state })
      assert.equal(refused.code, 'FORBIDDEN')
      assert.deepEqual(refused.details, {
        code: 'MISSING_SCOPE',
        missingScope: 'operator.write',
        requiredScopes: ['operator.write'],
      })
    })
  })

  describe('the ticket of an app', () => {
    test('is good once, also when two come with it at once', async () => {
      const { client } = await world.pair()
      const browser = openBrowser()
      const { location } = await ticketFor(client, await browser.go(`${app}/x`))
      const both = await Promise.all([browser.go(location), browser.go(location)])
      assert.deepEqual(both.map(({ status }) => status).sort(), [303, 403])
      assert.equal((await browser.go(location)).status, 403)
    })

    test('opens nothing in another browser, elsewhere, or with another address, and all that looks the same', async () => {
      const { client } = await world.pair()
      const browser = openBrowser()
      const { location } = await ticketFor(client, await browser.go(`${app}/x`))
      const other = openBrowser()
      await other.go(`${app}/x`)
      const elsewhere = location.replace('app.example', 'other.example')
      browser.cookies(elsewhere).set(...([...browser.cookies(app)][0] ?? assert.fail()))
      const pages = [
        await openBrowser().go(location),
        await other.go(location),
        await browser.go(elsewhere),
        await browser.go(location.replace(/return=%2Fx/, 'return=%2Fy')),
        await browser.go(location.replace(/pgt_./, 'pgt_!')),
        await browser.go(`${location}&ticket=x`),
        await browser.go(`${app}/__pairgate__/enter`),
      ]
      const links = new Set<string>()
      for (const page of pages) {
        assert.equal(page.status, 403)
        assert.deepEqual(pageHeaders(page), PAGES)
        assert.deepEqual(cookiesSet(page), [])
        assert.match(String(page.headers['content-security-policy']), /^default-src 'none'/)
        assert.doesNotMatch(page.body, /<script|pgt_/)
        links.add(page.body.replace(/href="\/[xy]?"/, ''))
      }
      assert.equal(links.size, 1)
      // None of them has used it up.
      assert.equal((await browser.go(location, { method: 'HEAD' })).status, 405)
      assert.equal((await browser.go(location)).status, 303)
    })

    test('is not given for an address or a state that the gateway did not write', async () => {
      const { client } = await world.pair()
      const { return: wanted, state } = visitOf(await openBrowser().go(`${app}/x`))
      const other = visitOf(await openBrowser().go(`${app}/y`))
      const evil = [
        ['https://evil.example/x', state],
        [`${wanted}?more`, state],
        [wanted, other.state],
        [wanted, 'A'.repeat(64)],
        [wanted, state.slice(1)],
        [wanted.replace('app.example', 'other.example'), state],
        [wanted.replace(/:\d+/, ':1'), state],
      ] as const
      for (const [address, shown] of evil) {
        const refused = await client.fail('apps.ticket', { return: address, state: shown })
        assert.equal(refused.details?.['code'], 'APP_UNKNOWN', address)
      }
    })

    test('dies with the token that it came from', async () => {
      for (const method of ['device.token.revoke', 'device.token.rotate']) {
        const { client, device } = await world.pair()
        const browser = openBrowser()
        const { location } = await ticketFor(client, await browser.go(`${app}/x`))
        await owner.call(method, { deviceId: device.id, role: 'operator' })
        assert.equal((await browser.go(location)).status, 403)
      }
    })

    test('is for paired devices only, and for a hundred tabs at once', async () => {
      const { return: wanted, state } = visitOf(await openBrowser().go(`${app}/x`))
      const params = { return: wanted, state }
      const refused = await owner.fail('apps.ticket', params)
      assert.equal(refused.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
      const { client } = await world.pair()
      const answers = []
      for (let at = 0; at < 101; at += 1) answers.push(await client.request('apps.ticket', params))
      assert.equal(answers.filter(({ ok }) => ok).length, 100)
      const last = answers.at(-1)?.error
      assert.deepEqual(
        [last?.code, last?.details?.['code'], last?.retryable],
        ['UNAVAILABLE', 'TOO_MANY_TICKETS', true],
      )
    })
  })
  describe('the cookie of an app', () => {
    cookieStory(world)
  })
}

function cookieStory(world: AppsWorld): void {
  const { app, upstream, owner } = world
  test('opens nothing once a revoke, a rotate, a move or a removal of its device is answered', async () => {
    const ends = [
      ['device.token.revoke', { role: 'operator' }],
      ['device.token.rotate', { role: 'operator' }],
      ['device.token.move', { role: 'operator', session: 'new' }],
      ['device.pair.remove', {}],
    ] as const
    for (const [method, params] of ends) {
      const paired = await world.pair()
      const browser = await world.enter(paired, app)
      assert.equal((await browser.fetch(`${app}/x`)).status, 200)
      await owner.call(method, { deviceId: paired.device.id, ...params })
      const seen = await browser.fetch(`${app}/x`)
      assert.equal(seen.status, 401, method)
      assert.match(seen.body, /TOKEN_INVALID/)
      visitOf(await browser.go(`${app}/x`))
    }
  })

  test('is over when its device token is', async () => {
    const paired = await world.pair({ approval: { expiresInMs: 3_600_000 } })
    const browser = await world.enter(paired, app)
    await owner.call('device.token.extend', {
      deviceId: paired.device.id,
      role: 'operator',
      expiresInMs: 1_000,
    })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    assert.equal((await browser.fetch(`${app}/x`)).status, 401)
  })

  test('holds neither admin nor pairing, and is cut to what the device token holds', async () => {
    const scopes = ['operator.admin', 'operator.pairing', 'operator.write']
    const paired = await world.pair({ scopes })
    const browser = await world.enter(paired, world.at('writers.example'))
    assert.equal((await browser.go(world.at('writers.example'))).status, 200)
    const { headers } = upstream.arrived.at(-1) ?? assert.fail()
    assert.doesNotMatch(String(headers['x-pairgate-scopes']), /admin|pairing/)
    assert.match(String(headers['x-pairgate-scopes']), /operator\.write/)
  })

  test('is one of eight of its device for its app, and the oldest goes', async () => {
    const paired = await world.pair()
    const first = await world.enter(paired, app)
    const later = []
    for (let at = 0; at < 8; at += 1) later.push(await world.enter(paired, app))
    assert.equal((await later.at(-1)?.fetch(`${app}/x`))?.status, 200)
    assert.equal((await first.fetch(`${app}/x`)).status, 401)
    for (const browser of later) assert.equal((await browser.fetch(`${app}/x`)).status, 200)
  })
}
