import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { rawRequest, upgradeLines } from '../house/raw-request.ts'
import { assertRefused, identityOf, mint, openAccessWorld, READER, VERIFY } from './access-world.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const { gateway, get, verify, pair } = await openAccessWorld(ON_SQLITE)
const proxied = await openAccessWorld(ON_SQLITE, true)

describe('verify', () => {
  test('who brings nothing is told what to bring, and no error', async () => {
    const answer = await get(VERIFY)
    assert.equal(answer.status, 401)
    assert.match(String(answer.headers['www-authenticate']), /^Bearer realm="pairgate"/)
    assert.doesNotMatch(String(answer.headers['www-authenticate']), /error/)
    assert.deepEqual(identityOf(answer), ['', '', '', ''])
  })

  test('whatever opens nothing is refused in the same words', async () => {
    const { client, token } = await pair()
    const { accessToken } = await mint(client)
    const other = accessToken.startsWith('pga_A') ? 'B' : 'A'
    const values = [
      'Bearer',
      'Bearer ',
      `Bearer ${accessToken} ${accessToken}`,
      `Bearer ${accessToken},Bearer ${accessToken}`,
      `Bearer pga_${other}${accessToken.slice(5)}`,
      `Bearer ${accessToken.slice(0, -1)}`,
      // A device token is worth nothing without its key.
      `Bearer ${token}`,
      'Bearer the-shared-token',
      `Basic ${accessToken}`,
      accessToken,
    ]
    const bodies = new Set<string>()
    for (const value of values) {
      const answer = await get(VERIFY, { Authorization: value })
      assertRefused(answer)
      bodies.add(answer.body)
    }
    assert.equal(bodies.size, 1)
    assert.equal((await verify(accessToken)).status, 204)
  })

  test('two credentials are as good as none, whichever is the right one', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    const right = `Authorization: Bearer ${accessToken}`
    const wrong = 'Authorization: Bearer pga_wrong'
    const lines = [`GET ${VERIFY} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close']
    const ask = (...more: string[]) =>
      rawRequest({ host: '127.0.0.1', port: gateway.port }, [...lines, ...more])
    assert.equal((await ask(right)).status, 204)
    for (const both of [
      [right, wrong],
      [wrong, right],
      [right, right],
    ])
      assert.equal((await ask(...both)).status, 401)
  })

  test('a token in the query is refused, also a good one and beside a good header (T02)', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    for (const name of ['token', 'access_token', 'accessToken']) {
      const answer = await verify(accessToken, {}, `${VERIFY}?${name}=${accessToken}`)
      assert.deepEqual([answer.status, JSON.parse(answer.body).error.code], [400, 'SECRET_IN_URL'])
    }
    assert.ok(gateway.logged.every((line) => !line.includes(accessToken)))
  })

  test('the query of the client, which some proxies append, changes nothing', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    assert.equal((await verify(accessToken, {}, `${VERIFY}?scope=operator.admin&a=1`)).status, 204)
    assertRefused(
      await get(`${VERIFY}?authorization=Bearer%20${'x'.repeat(20)}`, { Authorization: 'Bearer x' }),
    )
  })

  test('a scope in the path is needed as well, and unknown ones are refused (T35)', async () => {
    const { client } = await pair({ scopes: ['operator.write'] })
    const reader = await mint(client, { scopes: READER })
    const writer = await mint(client)
    const write = `${VERIFY}/operator.write`
    assert.equal((await verify(writer.accessToken, {}, write)).status, 204)
    assert.equal((await verify(writer.accessToken, {}, `${VERIFY}/operator.read`)).status, 204)
    const refused = await verify(reader.accessToken, {}, write)
    assertRefused(refused, 403, 'insufficient_scope')
    assert.match(String(refused.headers['www-authenticate']), /scope="operator\.write"/)
    for (const scope of ['operator.everything', 'constructor', 'operator.write/x'])
      assert.equal((await verify(writer.accessToken, {}, `${VERIFY}/${scope}`)).status, 404)
  })

  test('identity headers of a request are never answered (T30)', async () => {
    const { client, device } = await pair()
    const { accessToken } = await mint(client)
    const forged = { 'X-Pairgate-Device': 'f'.repeat(64), 'X-Pairgate-Scopes': 'operator.admin' }
    const [id, , , scopes] = identityOf(await verify(accessToken, forged))
    assert.deepEqual([id, scopes], [device.id, 'operator.read'])
    assertRefused(await get(VERIFY, { ...forged, Authorization: 'Bearer x' }))
  })

  test('who is no listed proxy cannot say what was asked for (T31)', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client, { audience: 'https://app.example' })
    const forwarded = {
      'X-Forwarded-Method': 'GET',
      'X-Forwarded-Uri': '/',
      'X-Forwarded-Host': 'app.example',
    }
    assert.equal((await verify(accessToken, forwarded)).status, 403)
    const original = { 'X-Original-Method': 'GET', 'X-Original-URL': 'https://app.example/' }
    assertRefused(await verify(accessToken, original))
  })

  test('a proxy that asks with the upgrade of its client does not join it to the gateway', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    const headers = { Host: '127.0.0.1', Authorization: `Bearer ${accessToken}` }
    for (const path of [VERIFY, `${VERIFY}/operator.read`, `${VERIFY}?a=b`]) {
      const { status, body } = await rawRequest(
        { host: '127.0.0.1', port: gateway.port },
        upgradeLines({ ...headers, 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': KEY }, path),
      )
      assert.deepEqual([status, JSON.parse(body).error.code], [400, 'BAD_REQUEST'])
    }
  })

  test('other methods are refused', async () => {
    assert.equal((await get(VERIFY)).status, 401)
    const lines = [`POST ${VERIFY} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', 'Content-Length: 0']
    assert.equal((await rawRequest({ host: '127.0.0.1', port: gateway.port }, lines)).status, 405)
  })
})

describe('verify behind a proxy', () => {
  const { verify, pair } = proxied
  const forwarded = (host: string, more: Readonly<Record<string, string>> = {}) => ({
    'X-Forwarded-For': '192.0.2.9',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': host,
    'X-Forwarded-Method': 'GET',
    'X-Forwarded-Uri': '/a?b=c',
    ...more,
  })
  const original = (url: string) => ({
    'X-Forwarded-For': '192.0.2.9',
    'X-Original-Method': 'GET',
    'X-Original-URL': url,
  })

  test('an access token with an audience opens that app and no other', async () => {
    const { client } = await pair()
    const { accessToken, audience } = await mint(client, { audience: 'https://app.example' })
    assert.equal(audience, 'https://app.example')
    for (const good of [
      forwarded('app.example'),
      forwarded('APP.example:443'),
      original('https://app.example/a?b=c'),
      { ...forwarded('app.example'), ...original('https://app.example/a?b=c') },
    ])
      assert.equal((await verify(accessToken, good)).status, 204, JSON.stringify(good))
    for (const bad of [
      {},
      forwarded('other.example'),
      forwarded('app.example:8443'),
      forwarded('app.example', { 'X-Forwarded-Proto': 'http' }),
      original('http://app.example/'),
      original('https://app.example@other.example/'),
      original('https://app.example'),
      // One of the two is the proxy's and the other its client's, and nobody knows which.
      { ...forwarded('app.example'), ...original('https://other.example/a?b=c') },
      { ...forwarded('other.example'), ...original('https://app.example/a?b=c') },
      forwarded('app.example, other.example'),
      forwarded('app.example', { 'X-Forwarded-Uri': '/a, /b' }),
      forwarded('app.example', { 'X-Forwarded-Method': '' }),
    ])
      assertRefused(await verify(accessToken, bad))
  })

  test('a token of the gateway in the address that is asked for is refused, however it is escaped (T02)', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    for (const secret of [accessToken, accessToken.replace('pga_', '%70ga%5F')]) {
      const target = `/a?x=${secret}`
      for (const headers of [
        forwarded('app.example', { 'X-Forwarded-Uri': target }),
        original(`https://app.example${target}`),
      ]) {
        const { status, body } = await verify(accessToken, headers)
        assert.deepEqual([status, JSON.parse(body).error.code], [403, 'SECRET_IN_URL'])
      }
    }
  })

  test('an app whose name the gateway does not know is no audience (T08)', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client, { audience: 'https://unknown.example' })
    assertRefused(await verify(accessToken, forwarded('unknown.example')))
  })

  test('an access token without an audience opens whatever is asked for', async () => {
    const { client } = await pair()
    const { accessToken } = await mint(client)
    for (const headers of [{}, forwarded('app.example'), forwarded('unknown.example')])
      assert.equal((await verify(accessToken, headers)).status, 204)
  })
})
