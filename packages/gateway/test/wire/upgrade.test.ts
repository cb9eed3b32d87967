import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { openSilentPeer } from '../harness/silent-peer.ts'
import { makeDevice } from '../harness/test-device.ts'
import { eventually } from '../harness/within.ts'
import { rawRequest, upgradeLines } from '../house/raw-request.ts'

const gateway = await openGateway(
  { after },
  {
    config: {
      auth: { token: 'the-shared-token' },
      allowedHosts: ['gateway.example'],
      controlUi: { allowedOrigins: ['https://console.example'] },
    },
  },
)
const own = `127.0.0.1:${gateway.port}`

/** The HTTP answer to an upgrade that is not let through. */
async function refusedUpgrade(headers: Readonly<Record<string, string>>, target = '/') {
  const lines = upgradeLines({ Host: own, ...WEBSOCKET, ...headers }, target)
  const { status, body } = await rawRequest({ host: '127.0.0.1', port: gateway.port }, lines)
  return { status, error: body.startsWith('{') ? JSON.parse(body).error : body }
}
const WEBSOCKET = { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' }

/** An upgrade that is let through as far as the challenge. */
async function acceptedUpgrade(headers: Readonly<Record<string, string>>, path = '/') {
  const client = gateway.open({ headers, path })
  await client.challenge
  await client.end()
}

test('any path is the gateway protocol', async () => {
  for (const path of ['/', '/ws', '/x/y', '/a?b=c', '/__pairgate__/ws']) await acceptedUpgrade({}, path)
})

test('a secret in the path or the query is refused before it is looked at (T02)', async () => {
  for (const target of ['/?token=abc', '/ws?x=1&token=abc', '/?access_token=abc']) {
    assert.deepEqual((await refusedUpgrade({}, target)).error.code, 'SECRET_IN_URL')
  }
})

test('a subprotocol that is offered is echoed, and none is made up', async () => {
  const client = gateway.open({ protocols: ['openclaw.v4', 'other'] })
  await client.challenge
  assert.equal(client.socket.protocol, 'openclaw.v4')
  assert.equal(client.socket.extensions, '')

  const bare = gateway.open()
  await bare.challenge
  assert.equal(bare.socket.protocol, '')
})

test('a foreign page is refused before any frame (T01, T09)', async () => {
  const origins = [
    'https://evil.example',
    'https://console.example.evil.example',
    'https://evilconsole.example',
    'http://console.example',
    'https://console.example:8443',
    'https://console.example/',
    'https://user@console.example',
    'null',
    '',
    `http://127.0.0.1:${gateway.port + 1}`,
    'http://127.0.0.1',
    `https://${own}`,
    `http://localhost:${gateway.port}`,
    'file://',
    'chrome-extension://abcdef',
  ]
  for (const Origin of origins) {
    const { status, error } = await refusedUpgrade({ Origin })
    assert.equal(status, 403, Origin)
    assert.equal(error.code, 'CONTROL_UI_ORIGIN_NOT_ALLOWED', Origin)
  }
})

test('a listed page and our own page get as far as the handshake, and no further by that (T09)', async () => {
  for (const origin of ['https://console.example', `http://${own}`]) {
    const client = gateway.open({ headers: { origin } })
    const { error } = await client.connect({ device: makeDevice(), scopes: ['operator.admin'] })
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED')
  }
})

test('a Host that is not ours is refused, on loopback too (T07, T08)', async () => {
  const hosts = [
    'evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    'localhost.evil.example',
    'localhost.',
    '0x7f.1',
    '2130706433',
    '127.1',
    '0177.0.0.1',
    'user@127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:99999',
    '[::1',
    '::1',
    '0.0.0.0',
    '[::]',
    '',
  ]
  for (const Host of hosts) assert.equal((await refusedUpgrade({ Host })).status, 421, Host)
  const health = (Host: string) => {
    const lines = ['GET /readyz HTTP/1.1', `Host: ${Host}`, 'Connection: close']
    return rawRequest({ host: '127.0.0.1', port: gateway.port }, lines)
  }
  assert.equal((await health('evil.example')).status, 421)
  assert.equal((await health(own)).status, 200)
})

test('configured names, localhost and addresses are ours (T08)', async () => {
  for (const host of [
    'gateway.example',
    'GATEWAY.example:80',
    `localhost:${gateway.port}`,
    '[::1]',
    '192.0.2.7',
  ]) {
    await acceptedUpgrade({ host })
  }
})

test('two Host headers are refused', async () => {
  const lines = upgradeLines({ Host: own, ...WEBSOCKET })
  const { status } = await rawRequest({ host: '127.0.0.1', port: gateway.port }, [
    ...lines,
    'Host: gateway.example',
  ])
  assert.equal(status, 400)
})

test('forwarding headers from who is no trusted proxy are refused (T06, T13)', async () => {
  const headers = [
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Real-IP',
    'Forwarded',
    'CF-Connecting-IP',
    'True-Client-IP',
    'Tailscale-User-Login',
  ]
  for (const name of headers) {
    for (const value of ['127.0.0.1', '']) {
      const { status, error } = await refusedUpgrade({ [name]: value })
      assert.equal(status, 403, name)
      assert.equal(error.type, 'proxy_attribution_required')
      assert.match(error.message, /^Proxy client attribution is required\. /)
    }
  }
})

test('behind a trusted proxy the client is the nearest address that is no proxy (T13)', async (context) => {
  const proxied = await openGateway(context, { config: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } })
  const owner = await proxied.owner()
  const told = async (forwarded: string) => {
    const device = makeDevice()
    const client = proxied.open({ headers: { 'x-forwarded-for': forwarded } })
    await client.connect({ device })
    const { payload } = await owner.nextEvent('device.pair.requested', (row) => row['deviceId'] === device.id)
    return payload['remoteIp']
  }
  assert.equal(await told('203.0.113.9'), '203.0.113.9')
  assert.equal(await told('127.0.0.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(await told('198.51.100.1, 203.0.113.9, 10.1.2.3'), '203.0.113.9')

  const { status } = await rawRequest(
    { host: '127.0.0.1', port: proxied.port },
    upgradeLines({ Host: `127.0.0.1:${proxied.port}`, ...WEBSOCKET, 'X-Forwarded-For': 'nobody' }),
  )
  assert.equal(status, 403)
})

test('a request of a direct loopback peer shows no address, a remote one shows it', async () => {
  const owner = await gateway.owner()
  const rowOf = async (host: string) => {
    const device = makeDevice()
    await gateway.open({ headers: { host } }).connect({ device })
    return (await owner.nextEvent('device.pair.requested', (row) => row['deviceId'] === device.id)).payload
  }
  assert.equal('remoteIp' in (await rowOf(own)), false)
  assert.equal((await rowOf('192.0.2.7'))['remoteIp'], '127.0.0.1')
})

test('the 33rd socket of a peer that has proved nothing gets 503, and the owner still gets in', async (context) => {
  const full = await openGateway(context, { config: { auth: { token: 'the-shared-token' } } })
  const { client: paired } = await pair(full)
  const waiting = await Promise.all(Array.from({ length: 32 }, () => openSilentPeer(full.port)))
  const knock = () =>
    rawRequest(
      { host: '127.0.0.1', port: full.port },
      upgradeLines({ Host: `127.0.0.1:${full.port}`, ...WEBSOCKET }),
    )

  const { status, headers, body } = await knock()
  assert.deepEqual([status, body], [503, 'Too many unauthenticated sockets'])
  assert.match(headers['content-type'] ?? '', /^text\/plain/)
  assert.equal((await paired.request('health')).ok, true)
  await (await full.owner()).call('device.pair.list')

  waiting[0]?.socket.destroy()
  await eventually(async () => {
    const client = full.open()
    return client.challenge.then(
      () => true,
      () => false,
    )
  }, 'a place for the next one')
})

test('a socket that has said hello holds no place among those that have not', async (context) => {
  const small = await openGateway(context, {
    config: { auth: { token: 'the-shared-token' }, limits: { unauthenticatedPerPeer: 2 } },
  })
  for (let i = 0; i < 6; i += 1) await small.open().hello({ auth: { token: 'the-shared-token' } })
})

test('what a stranger is told names no version and no device (T41)', async () => {
  await pair(gateway, { client: { displayName: 'Secret Desk' } })
  const answers = [
    JSON.stringify((await gateway.open().connect({})).error),
    JSON.stringify((await gateway.open().connect({ device: makeDevice() })).error),
    JSON.stringify(await gateway.open().challenge),
    JSON.stringify(await refusedUpgrade({ Host: 'evil.example' })),
  ]
  for (const path of ['/healthz', '/readyz', '/', '/nothing']) {
    const lines = [`GET ${path} HTTP/1.1`, `Host: ${own}`, 'Connection: close']
    const answer = await rawRequest({ host: '127.0.0.1', port: gateway.port }, lines)
    answers.push(JSON.stringify(answer))
  }
  const { server } = await gateway.open().hello({ auth: { token: 'the-shared-token' } })
  for (const answer of answers) {
    assert.ok(!answer.includes('Secret Desk') && !answer.includes(server.version), answer)
  }
})
