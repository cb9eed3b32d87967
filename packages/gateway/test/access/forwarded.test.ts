import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { after, describe, test } from 'node:test'
import { rawRequest, upgradeLines } from '../house/raw-request.ts'
import { ask, openProxy } from '../proxy/proxy-world.ts'
import { mint, VERIFY } from './access-world.ts'

const hasIpv6 = Object.values(networkInterfaces()).some((each) =>
  each?.some(({ address }) => address === '::1'),
)

const ENTRY = { match: { host: 'app.example' }, scope: 'operator.read', websocket: true }
const ASKED = 'asked.example'
const open = (trustedProxies: readonly string[]) =>
  openProxy({ after }, [ENTRY], { trustedProxies, allowedHosts: [ASKED] })

/** A proxy on this machine, behind others in two networks. */
const chained = await open(['::ffff:127.0.0.1', '::1', '10.0.0.0/8', '2001:db8:1::/48'])
const direct = await open([])

type Headers = Readonly<Record<string, string>>

/** What a proxy may write, and whom the app is told: `unclear` is refused. */
const TOLD: readonly (readonly [Headers, string])[] = [
  [{}, '127.0.0.1'],
  [{ 'X-Forwarded-For': '203.0.113.7' }, '203.0.113.7'],
  [{ 'X-Forwarded-For': '6.6.6.6, 203.0.113.7, 10.1.2.3, 10.9.9.9' }, '203.0.113.7'],
  [{ 'X-Forwarded-For': '203.0.113.7, 2001:db8:1:2::3, ::ffff:10.1.2.3' }, '203.0.113.7'],
  [{ 'X-Forwarded-For': '2001:DB8:2::0:7' }, '2001:db8:2::7'],
  [{ 'X-Forwarded-For': '[2001:db8:2::7]:4711, 10.1.2.3:80' }, '2001:db8:2::7'],
  [{ 'X-Forwarded-For': '10.1.2.3' }, '10.1.2.3'],
  [{ Forwarded: 'for="[2001:db8:2::7]:4711";proto=https, for=10.1.2.3' }, '2001:db8:2::7'],
  [{ Forwarded: 'for=_hidden, for=203.0.113.7, for="[2001:db8:1::9]"' }, '203.0.113.7'],
  [{ Forwarded: 'host="x,for=6.6.6.6;y=";for=203.0.113.7' }, '203.0.113.7'],
  [{ Forwarded: 'for=203.0.113.7', 'X-Forwarded-For': '6.6.6.6, 203.0.113.7' }, '203.0.113.7'],
  [
    { 'X-Real-IP': '6.6.6.6', 'CF-Connecting-IP': '6.6.6.6', 'X-Forwarded-For': '203.0.113.7' },
    '203.0.113.7',
  ],
  [{ Forwarded: 'for=203.0.113.7', 'X-Forwarded-For': '203.0.113.8' }, 'unclear'],
  [{ Forwarded: 'for=_hidden, for=10.1.2.3' }, 'unclear'],
  [{ Forwarded: 'for=unknown' }, 'unclear'],
  [{ Forwarded: 'for=6.6.6.6;x=", for=203.0.113.7' }, 'unclear'],
  [{ 'X-Forwarded-For': 'unknown, 10.1.2.3' }, 'unclear'],
  [{ 'X-Forwarded-For': '203.0.113.7,' }, 'unclear'],
  [{ 'X-Forwarded-For': 'fe80::1%eth0' }, 'unclear'],
]

describe('behind a chain of trusted proxies', async () => {
  const { accessToken: token } = await chained.enter()
  for (const [headers, told] of TOLD) {
    test(`${JSON.stringify(headers)} is ${told}, for an app and for a proxy that asks (T31)`, async () => {
      const at = { port: chained.gateway.port, token }
      const before = chained.upstream.arrived.length
      const passed = await ask({ ...at, headers: { host: 'app.example', ...headers } }, '/')
      const asked = await ask({ ...at, headers: { host: ASKED, ...headers } }, VERIFY)
      if (told === 'unclear') {
        assert.deepEqual([passed.status, asked.status], [403, 403])
        for (const { body } of [passed, asked]) assert.equal(JSON.parse(body).error.code, 'PROXY_UNCLEAR')
        assert.equal(chained.upstream.arrived.length, before)
      } else {
        assert.deepEqual([passed.status, asked.status], [200, 204])
        const { rawHeaders } = chained.upstream.arrived.at(-1) ?? assert.fail()
        const values = rawHeaders.filter(
          (_each, at) => rawHeaders[at - 1]?.toLowerCase() === 'x-forwarded-for',
        )
        assert.deepEqual(values, [told])
        assert.ok(!rawHeaders.some((each) => each.includes('6.6.6.6') || each.toLowerCase() === 'forwarded'))
      }
    })
  }
  test('a proxy on the loopback of IPv6 is trusted like that of IPv4, if it is listed', {
    skip: !hasIpv6,
  }, async () => {
    const headers = { host: 'app.example', 'X-Forwarded-For': '2001:db8:2::7' }
    for (const [world, status] of [
      [chained, 200],
      [direct, 403],
    ] as const) {
      const { accessToken } = await world.enter()
      const answer = await ask({ host: '::1', port: world.gateway.port, token: accessToken, headers }, '/')
      assert.equal(answer.status, status, answer.body)
    }
    assert.equal(chained.upstream.arrived.at(-1)?.headers['x-forwarded-for'], '2001:db8:2::7')
  })
  test('the scheme of a chain is what the nearest says, and an audience depends on it', async () => {
    const { client } = await chained.enter()
    const { accessToken } = await mint(client, { audience: 'https://app.example' })
    const at = { port: chained.gateway.port, token: accessToken }
    for (const [proto, status] of [
      ['https', 200],
      ['http, https', 200],
      ['https, http', 401],
      ['gopher', 401],
      ['', 401],
    ] as const) {
      const headers = { host: 'app.example', 'X-Forwarded-For': '203.0.113.7', 'X-Forwarded-Proto': proto }
      assert.equal((await ask({ ...at, headers }, '/')).status, status, proto)
    }
  })
})

describe('without a trusted proxy', async () => {
  const { accessToken: token } = await direct.enter()
  const names = [
    'Forwarded',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Method',
    'X-Forwarded-Anything',
    'X-Real-IP',
    'True-Client-IP',
  ]
  for (const name of names) {
    test(`${name} is refused, for an app, for a proxy that asks and for a WebSocket (T31)`, async () => {
      const at = { port: direct.gateway.port, token }
      for (const [host, path] of [
        ['app.example', '/'],
        [ASKED, VERIFY],
      ] as const) {
        const { status, body } = await ask({ ...at, headers: { host, [name]: 'for=127.0.0.1' } }, path)
        assert.deepEqual([status, JSON.parse(body).error.code], [403, 'PROXY_UNTRUSTED'])
        const headers = { Host: host, Authorization: `Bearer ${token}`, [name]: '127.0.0.1' }
        const to = { host: '127.0.0.1', port: direct.gateway.port }
        assert.equal((await rawRequest(to, upgradeLines(headers))).status, 403)
      }
      assert.equal(direct.upstream.arrived.length, 0)
    })
  }
})
