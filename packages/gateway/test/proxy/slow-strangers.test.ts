import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, test } from 'node:test'
import { eventually, within } from '../harness/within.ts'
import { openProxy } from './proxy-world.ts'
import { getLines, openRawClient, type RawClient } from './raw-client.ts'

const ROUTES = [
  { match: { path: '/app' }, scope: 'operator.read', websocket: true },
  { match: { path: '/open' }, auth: 'public' },
]
const { gateway, port } = await openProxy({ after }, ROUTES)
const ports = { 'the port of the upstreams': port, 'the port of the gateway': gateway.port }

/** More than the longest that any of this may take. */
const PATIENCE_MS = 40_000

function open(at = port): RawClient {
  const client = openRawClient(at)
  after(() => client.socket.destroy())
  return client
}

/** Resolves when nobody is there any more, by whatever word. */
const tcpEnd = ({ socket }: RawClient) =>
  new Promise<void>((resolve) => socket.once('close', () => resolve()))

/** Sends this again and again, until TCP itself says that nobody is there any more. */
async function dripUntilCut(client: RawClient, piece: string): Promise<void> {
  const gone = tcpEnd(client)
  const timer = setInterval(() => client.socket.writable && client.send(piece), 200)
  try {
    await within(gone, () => `the end of a connection that drips ${JSON.stringify(piece)}`, PATIENCE_MS)
  } finally {
    clearInterval(timer)
  }
}

const head = (lines: readonly string[], at = port) =>
  `${[...lines, `Host: 127.0.0.1:${at}`].join('\r\n')}\r\n\r\n`

describe('a stranger who takes the time', { concurrency: true }, () => {
  for (const [name, at] of Object.entries(ports)) {
    test(`for the head of a request is cut at ${name}`, async () => {
      const client = open(at)
      client.send('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ')
      await dripUntilCut(client, 'a')
    })
    test(`before the first byte is cut at ${name}`, async () => {
      await within(open(at).closed, () => 'the end', PATIENCE_MS)
    })
    test(`between two requests is cut at ${name}`, async () => {
      const client = open(at)
      client.send(head(['GET /app HTTP/1.1'], at))
      await within(client.closed, () => 'the end', PATIENCE_MS)
      assert.match(client.text, /^HTTP\/1\.1 40[14] /)
    })
    test(`for a body that nobody wants is answered and cut at ${name}`, async () => {
      const client = open(at)
      client.send(head(['POST /app HTTP/1.1', 'Content-Length: 1000000'], at))
      await dripUntilCut(client, 'a')
      assert.match(client.text, /^HTTP\/1\.1 40[14] /)
    })
    test(`for a body in pieces that nobody wants is answered and cut at ${name}`, async () => {
      const client = open(at)
      client.send(head(['POST /app HTTP/1.1', 'Transfer-Encoding: chunked'], at))
      await dripUntilCut(client, '1\r\na\r\n')
      assert.match(client.text, /^HTTP\/1\.1 40[14] /)
    })
    // It takes many answers to fill what lies between the two, and then the time of silence.
    test(`for answers that he does not read is cut at ${name}`, { timeout: 3 * PATIENCE_MS }, async () => {
      const client = open(at)
      client.socket.pause()
      const many = head(['GET /app HTTP/1.1'], at).repeat(100)
      const gone = tcpEnd(client)
      const full = async () => {
        while (!client.socket.destroyed) if (!client.socket.write(many)) await once(client.socket, 'drain')
      }
      full().catch(() => undefined)
      await within(gone, () => 'the end', PATIENCE_MS * 2)
    })
  }
  test('for a body that waits to be asked for is refused and not asked', async () => {
    const client = open()
    client.send(head(['POST /app HTTP/1.1', 'Content-Length: 10', 'Expect: 100-continue']))
    await within(client.closed, () => 'the end', PATIENCE_MS)
    assert.match(client.text, /^HTTP\/1\.1 401 /)
    assert.doesNotMatch(client.text, / 100 /)
  })
  test('to go after a refused upgrade is cut', async () => {
    const client = open()
    client.send(
      head(['GET /app HTTP/1.1', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13']),
    )
    await dripUntilCut(client, 'a')
    assert.match(client.text, /^HTTP\/1\.1 401 /)
  })
  test('for the handshake of TLS is cut', async (context) => {
    const world = await openProxy(context, ROUTES, { tls: { enabled: true } })
    const client = open(world.port)
    client.send('\x16\x03\x01')
    await within(client.closed, () => 'the end', PATIENCE_MS)
  })
})

describe('strangers of one address', () => {
  const opens = async (count: number, at: number) => {
    const all = Array.from({ length: count }, () => open(at))
    await Promise.all(all.map(({ socket }) => once(socket, 'connect')))
    return all
  }
  const left = (all: readonly RawClient[]) => all.filter(({ isClosed }) => !isClosed)

  test('hold no more connections than one address may, and never those of others', async (context) => {
    const world = await openProxy(context, ROUTES, {
      limits: { unauthenticatedPerPeer: 4, pendingInAll: 10 },
    })
    const { accessToken } = await world.enter()
    const paired = await opens(6, world.port)
    for (const client of paired) {
      client.send(getLines('/app', accessToken))
      await eventually(() => client.text.endsWith('fine'), 'the answer')
      client.send('GET /app HTTP/1.1\r\nX-Slow: ')
    }
    const [idle, ...all] = await opens(10, world.port)
    assert.ok(idle)
    await idle.get('/app', undefined, '}')
    for (const client of all) client.send('GET /app HTTP/1.1\r\nX-Slow: ')
    await eventually(() => left(all).length <= 4, 'the end of what is too much')
    assert.equal(left(all).length, 4)
    assert.ok(idle.isClosed)
    assert.equal(left(paired).length, 6)
  })
  test('are not those who ask the gateway itself with a token', async (context) => {
    const limits = { unauthenticatedPerPeer: 2, pendingInAll: 10 }
    const world = await openProxy(context, ROUTES, { limits })
    const { accessToken } = await world.enter()
    const asking = await opens(4, world.gateway.port)
    const verify = async (client: RawClient) => {
      const before = client.text.length
      client.send(getLines('/__pairgate__/verify', accessToken))
      await eventually(() => client.text.slice(before).startsWith('HTTP/1.1 204 '), 'the answer')
    }
    for (const client of asking) await verify(client)
    const strangers = await opens(4, world.gateway.port)
    await eventually(() => left(strangers).length === 2, 'the end of what is too much')
    for (const client of asking) await verify(client)
  })
  test('hold no more than all may together', async (context) => {
    const limits = { unauthenticatedPerPeer: 1_000, unauthenticatedInAll: 10, pendingInAll: 10 }
    const world = await openProxy(context, ROUTES, { limits })
    const all = await opens(30, world.port)
    await eventually(() => left(all).length <= 10, 'the end of what is too much')
    assert.ok(left(all).length > 0)
    const [idle] = left(all)
    assert.ok(idle)
    await idle.get('/app', undefined, '}')
  })
  test('are no strangers where nobody is asked who he is', async (context) => {
    const world = await openProxy(context, ROUTES, {
      limits: { unauthenticatedPerPeer: 1, pendingInAll: 10 },
    })
    let begun = 0
    world.upstream.answerBy((_request, response) => {
      begun += 1
      response.write('first')
    })
    const all = await opens(5, world.port)
    for (const client of all) client.send(getLines('/open'))
    await eventually(() => begun === 5, 'all five requests')
    const silent = await opens(2, world.port)
    await eventually(() => left(silent).length === 1, 'the end of what is too much')
    assert.equal(left(all).length, 5)
  })
})
