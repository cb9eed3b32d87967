import assert from 'node:assert/strict'
import { type Duplex, PassThrough } from 'node:stream'
import { describe, test } from 'node:test'
import { mint } from '../access/access-world.ts'
import { within } from '../harness/within.ts'
import { FRONT_NAMES, type Front, type FrontName, HOST, missingFor, openFront, send } from './front.ts'
import { GATEWAY_AWAY, REVOKED_MEANWHILE } from './running-table.ts'
import { enter } from './start-credentials.ts'

const PASSING = ['nginxPasses', 'caddyPasses'] as const satisfies readonly FrontName[]

// Closed behind the answer: a proxy may end what was cut as if it were whole, and wait for another request.
const bytesOf = (token: string) =>
  `GET /a HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`

/** Collects what comes, and answers when it holds these words. */
function listen(socket: Duplex) {
  let text = ''
  const pieces = new PassThrough()
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => undefined)
  socket.on('data', (piece: Buffer) => {
    text += piece.toString('latin1')
    pieces.emit('more')
  })
  const hears = async (words: string): Promise<void> => {
    while (!text.includes(words)) await new Promise((resolve) => pieces.once('more', resolve))
  }
  return { closed, hears: (words: string) => within(hears(words), () => `${words}, after ${text}`) }
}

/** An answer of the app that goes on, and what it says next. */
async function beginStream({ app, connect }: Front, token: string) {
  const { promise: begun, resolve } = Promise.withResolvers<(piece: string) => void>()
  app.answerBy((_request, response) => {
    response.on('error', () => undefined).writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('data: first\n\n')
    resolve((piece) => void response.write(piece))
  })
  const socket = connect()
  const heard = listen(socket)
  socket.write(bytesOf(token))
  const say = await within(begun, () => 'the stream')
  await heard.hears('data: first')
  return { ...heard, say, end: () => socket.destroy() }
}

for (const name of FRONT_NAMES) {
  describe(`a request that was let through: ${name}`, { skip: missingFor(name) }, () => {
    test(`its stream, when the token is revoked: ${REVOKED_MEANWHILE[name]} (T23)`, async (context) => {
      const front = await openFront(context as never, name)
      const { device, client } = await enter(front.gateway, ['operator.read'])
      const { accessToken } = await mint(client)
      const stream = await beginStream(front, accessToken)
      const owner = await front.gateway.owner()
      await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
      if (REVOKED_MEANWHILE[name] === 'cut') {
        await within(stream.closed, () => 'the end of the stream')
      } else {
        stream.say('data: second\n\n')
        await stream.hears('data: second')
        stream.end()
      }
      assert.equal((await send(front, bytesOf(accessToken))).status, 401)
    })
    test(`nothing reaches the app while the gateway is away: ${GATEWAY_AWAY[name]}`, async (context) => {
      const front = await openFront(context as never, name)
      const { client } = await enter(front.gateway, ['operator.read'])
      const { accessToken } = await mint(client)
      await front.gateway.stop()
      const { status } = await send(front, bytesOf(accessToken))
      assert.equal(Number.isNaN(status) ? 'nothing' : status, GATEWAY_AWAY[name])
      assert.equal(front.app.arrived.length, 0)
    })
  })
}

for (const name of PASSING) {
  test(`the protocol of the gateway is spoken through ${name}`, {
    skip: missingFor(name),
  }, async (context) => {
    const front = await openFront(context as never, name)
    const socket = front.connect('gateway.example')
    const { hears } = listen(socket)
    const lines = ['Host: gateway.example', 'Connection: Upgrade', 'Upgrade: websocket']
    const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
    socket.write(`GET / HTTP/1.1\r\n${[...lines, ...key].join('\r\n')}\r\n\r\n`)
    await hears('connect.challenge')
    socket.destroy()
  })
}
