import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { describe, type TestContext, test } from 'node:test'
import { LIMITS } from '@pairgate/protocol/wire'
import { WebSocket, WebSocketServer } from 'ws'
import type { Timers } from '../../src/platform/timers.ts'
import { createFrameChannel, type FrameChannel } from '../../src/ws/frame-channel.ts'
import { connectParams } from '../harness/connect-params.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { openSilentPeer, type SilentPeer } from '../harness/silent-peer.ts'
import { expectClose } from '../harness/wire-client.ts'
import { eventually, within } from '../harness/within.ts'

const TOKEN = 'a-shared-token-of-this-test'
const CONFIG = { auth: { token: TOKEN } }
const CLOSE = 8
const PING = 9

/** A peer on bare TCP that said hello, with the shared token over direct loopback. */
async function openGreeted(gateway: GatewayOfTest): Promise<SilentPeer> {
  const peer = await openSilentPeer(gateway.port)
  const params = connectParams(peer.challenge, {
    client: { id: 'cli', mode: 'cli' },
    auth: { token: TOKEN },
    scopes: ['operator.read'],
  })
  peer.sendText(JSON.stringify({ type: 'req', id: 'c', method: 'connect', params }))
  await peer.nextFrame(({ payload }) => payload.includes('hello-ok'), 'the hello')
  return peer
}

test('a peer whose frame holds values without end is let go before anybody reads them', async (context) => {
  const gateway = await openGateway(context, { config: CONFIG })
  for (const params of ['['.repeat(200_000) + ']'.repeat(200_000), `[${'{},'.repeat(150_000)}1]`]) {
    const peer = gateway.open()
    await peer.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN } })
    // So much in one text is nothing special.
    const long = `{"type":"req","id":"${'[{,'.repeat(200_000)}","method":"health"}`
    peer.sendRaw(long)
    assert.equal((await peer.response('[{,'.repeat(200_000))).ok, true)
    peer.sendRaw(`{"type":"req","id":"a","method":"health","params":${params}}`)
    await expectClose(peer, 1009, '')
  }
})

describe('a peer that does not read', () => {
  const openConnections = async (gateway: GatewayOfTest) => {
    const owner = await gateway.owner()
    const { connections } = await owner.call<{ readonly connections: number }>('status')
    await owner.end()
    return connections
  }

  test('is let go when more waits for it than the hello promises, and others are served meanwhile', async (context) => {
    const gateway = await openGateway(context, { config: CONFIG })
    const other = gateway.open()
    await other.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN } })
    const slow = gateway.open()
    await slow.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN } })
    assert.equal(await openConnections(gateway), 3)

    slow.socket.pause()
    // An answer repeats the id of its request, so a few large ids fill the buffer.
    const id = 'x'.repeat(LIMITS.frameBytes - 1_024)
    for (let i = 0; i < 3; i += 1) slow.send({ type: 'req', id, method: 'health' })
    slow.post('health')

    await eventually(async () => (await openConnections(gateway)) === 2, 'the end of the slow connection')
    assert.equal((await other.request('health')).ok, true)
    slow.socket.resume()
    await within(slow.closed, () => 'the end of TCP')
  })

  test('reads why, if it comes back to it in time', async (context) => {
    const { channel, peer } = await openChannel(context)
    peer.pause()
    const closed = once(peer, 'close')
    const payload = 'x'.repeat(1_000_000)
    let sent = 0
    for (; channel.isOpen && sent < 100; sent += 1) channel.send({ type: 'event', event: 'tick', payload })

    // What the kernel holds of it is not ours to count.
    assert.ok(sent * payload.length > LIMITS.bufferedBytes && sent < 70, `${sent} frames`)
    peer.resume()
    const [code, reason] = await within(closed, () => 'the close')
    assert.deepEqual([code, String(reason)], [1008, 'slow consumer'])
  })
})

test('a peer that leaves a ping unanswered is cut at the next one, and who answers stays', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] })
  const gateway = await openGateway(context, { config: CONFIG })
  const polite = gateway.open()
  await polite.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN } })
  const silent = await openGreeted(gateway)

  context.mock.timers.tick(LIMITS.pingIntervalMs - 1)
  const pinged = once(polite.socket, 'ping')
  context.mock.timers.tick(1)
  await silent.nextFrame(({ opcode }) => opcode === PING, 'a ping')
  await within(pinged, () => 'a ping')
  // Its pong left before this request, so it is there when the answer comes.
  assert.equal((await polite.request('health')).ok, true)
  assert.equal(silent.frames.filter(({ opcode }) => opcode === PING).length, 1)

  context.mock.timers.tick(LIMITS.pingIntervalMs)
  await within(silent.gone, () => 'the end of TCP')
  assert.deepEqual(
    silent.frames.filter(({ opcode }) => opcode === CLOSE),
    [],
  )
  assert.equal((await polite.request('health')).ok, true)
})

test('when more than half of the places are taken, who says nothing has three seconds instead of fifteen', async (context) => {
  const gateway = await openGateway(context, { config: { limits: { unauthenticatedInAll: 4 } } })
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const [first, second, third] = [gateway.open(), gateway.open(), gateway.open()]
  await first.challenge
  await second.challenge
  await third.challenge

  context.mock.timers.tick(LIMITS.crowdedHandshakeMs - 1)
  assert.deepEqual([first.isOpen, second.isOpen, third.isOpen], [true, true, true])
  context.mock.timers.tick(1)
  const left = await Promise.race([first, second, third].map((client) => client.closed.then(() => client)))
  await expectClose(left, 1000, '')
  const patient = [first, second, third].filter((client) => client !== left)
  assert.deepEqual(
    patient.map(({ isOpen }) => isOpen),
    [true, true],
  )
  context.mock.timers.tick(LIMITS.handshakeMs - LIMITS.crowdedHandshakeMs)
  for (const client of patient) await expectClose(client, 1000, '')
})

/** A channel of the gateway on a real socket, and its peer; nobody is cut for being late. */
async function openChannel(
  context: TestContext,
): Promise<{ readonly channel: FrameChannel; readonly peer: WebSocket }> {
  const http = createServer()
  const sockets = new WebSocketServer({ noServer: true })
  const timers: Timers = { every: () => () => undefined, after: () => () => undefined }
  const opened = new Promise<FrameChannel>((resolve) => {
    http.on('upgrade', (request: IncomingMessage, rawSocket: Duplex, head: Buffer) => {
      sockets.handleUpgrade(request, rawSocket, head, (socket) =>
        resolve(createFrameChannel({ socket, rawSocket, timers })),
      )
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const peer = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  context.after(() => {
    peer.terminate()
    http.close()
  })
  await once(peer, 'open')
  return { channel: await opened, peer }
}
