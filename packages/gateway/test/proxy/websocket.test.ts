import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { within } from '../harness/within.ts'
import { rawRequest, upgradeLines } from '../house/raw-request.ts'
import { openProxy } from './proxy-world.ts'

const { upstream, enter, port, gateway } = await openProxy({ after }, [
  { match: { path: '/app' }, scope: 'operator.read', websocket: true },
  { match: { path: '/plain' }, auth: 'public' },
  { match: { path: '/open' }, auth: 'public', websocket: true },
  { match: { host: 'app.example' }, auth: 'public', websocket: true },
])
const echo = new WebSocketServer({ noServer: true, handleProtocols: () => 'second' })
echo.on('connection', (socket) =>
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
)
const answerByEcho = () =>
  upstream.upgradeBy((request, socket, head) =>
    echo.handleUpgrade(request, socket, head, (open) => echo.emit('connection', open)),
  )
answerByEcho()

function open(path: string, headers: Record<string, string> = {}, at = port): WebSocket {
  const socket = new WebSocket(`ws://127.0.0.1:${at}${path}`, ['first', 'second'], { headers })
  after(() => socket.terminate())
  return socket
}
const opened = (socket: WebSocket) =>
  within(
    new Promise<void>((resolve, reject) => socket.once('open', () => resolve()).once('error', reject)),
    () => 'the WebSocket',
  )
const raw = (headers: Record<string, string>, target: string) =>
  rawRequest({ host: '127.0.0.1', port }, upgradeLines({ Host: `127.0.0.1:${port}`, ...headers }, target))

describe('a WebSocket that is passed on', () => {
  test('speaks with the upstream, under the name of its device', async () => {
    const { accessToken, device } = await enter()
    const socket = open('/app/live?x=1', { authorization: `Bearer ${accessToken}` })
    await opened(socket)
    assert.equal(socket.protocol, 'second')
    const heard = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))))
    socket.send('over and back')
    assert.equal(await within(heard, () => 'the echo'), 'over and back')
    const { url, headers } = upstream.arrived.at(-1) ?? assert.fail()
    assert.equal(url, '/app/live?x=1')
    assert.equal(headers['x-pairgate-device'], device.id)
    assert.equal(headers.authorization, undefined)
    socket.close()
  })
  test('carries a megabyte in one message', async () => {
    const socket = open('/open')
    await opened(socket)
    const sent = Buffer.alloc(1_000_000, 7)
    const heard = new Promise<Buffer>((resolve) => socket.once('message', (data) => resolve(data as Buffer)))
    socket.send(sent)
    assert.ok((await within(heard, () => 'the echo')).equals(sent))
    socket.close()
  })
  test('is found by its host at the port of the gateway too', async () => {
    const socket = open('/', { host: 'app.example' }, gateway.port)
    await opened(socket)
    socket.close()
  })
  test('is not opened without a token, nor with a foreign page behind it (T01, T08)', async () => {
    const { accessToken } = await enter()
    const before = upstream.arrived.length
    const authorization = `Bearer ${accessToken}`
    assert.equal((await raw({}, '/app')).status, 401)
    assert.equal((await raw({ Authorization: 'Bearer pga_wrong' }, '/app')).status, 401)
    for (const origin of [
      'https://evil.example',
      'null',
      `http://127.0.0.1:${port}.evil.example`,
      `http://127.0.0.1:${gateway.port}`,
      `https://127.0.0.1:${port}`,
    ]) {
      assert.equal((await raw({ Authorization: authorization, Origin: origin }, '/app')).status, 403, origin)
      assert.equal((await raw({ Origin: origin }, '/open')).status, 403, origin)
    }
    assert.equal((await raw({ Authorization: authorization, Host: 'evil.example' }, '/app')).status, 421)
    assert.equal(upstream.arrived.length, before)
  })
  test('is nothing that a route without it lets through, nor another protocol', async () => {
    const before = upstream.arrived.length
    assert.equal((await raw({}, '/plain')).status, 400)
    for (const headers of [
      { Upgrade: 'h2c' },
      { Upgrade: 'websocket, h2c' },
      { 'Content-Length': '5' },
      { 'Transfer-Encoding': 'chunked' },
    ])
      assert.equal(
        (await raw(headers as Record<string, string>, '/open')).status,
        400,
        JSON.stringify(headers),
      )
    assert.equal(upstream.arrived.length, before)
  })
  test('that the upstream refuses ends with its refusal, whatever was sent behind the request', async () => {
    upstream.upgradeBy((_request, socket) =>
      socket.end('HTTP/1.1 403 No\r\nContent-Length: 4\r\nX-Why: só\r\n\r\nnope'),
    )
    const before = upstream.arrived.length
    const lines = upgradeLines({ Host: `127.0.0.1:${port}` }, '/open')
    const answer = await rawRequest({ host: '127.0.0.1', port }, [
      ...lines,
      '',
      'GET /open/smuggled HTTP/1.1',
      'Host: x',
    ])
    assert.deepEqual([answer.status, answer.headers['x-why'], answer.body], [403, 'só', 'nope'])
    assert.equal(upstream.arrived.length, before + 1)
    answerByEcho()
  })
  test('to a protocol that was not asked for is no answer', async () => {
    upstream.upgradeBy((_request, socket) =>
      socket.end('HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n'),
    )
    assert.equal((await raw({}, '/open')).status, 502)
    answerByEcho()
  })
})
