import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../harness/within.ts'
import { openHouse } from './http-house.ts'
import { rawRequest, upgradeLines } from './raw-request.ts'
import { temporaryDir } from './temporary-dir.ts'

const Host = '127.0.0.1:18789'

/** Opens an upgrade and answers with the first bytes that come back. */
async function knock(port: number, headers: Readonly<Record<string, string>> = {}) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(`${upgradeLines({ Host, ...headers }).join('\r\n')}\r\n\r\n`)
  const [bytes] = await once(socket, 'data')
  return { socket, text: String(bytes) }
}

test('a client without Origin and a page of our own are let through to the protocol', async (context) => {
  const { listening, upgraded } = await openHouse(context)
  for (const headers of [{}, { Origin: 'http://127.0.0.1:18789' }]) {
    const { socket, text } = await knock(listening.port, headers)
    assert.match(text, /^welcome/)
    socket.destroy()
  }
  assert.deepEqual(upgraded, ['tcp direct-loopback', 'tcp direct-loopback'])
})

test('a foreign page is refused before the first frame, with a whole HTTP answer', async (context) => {
  const { listening, upgraded } = await openHouse(context, { allowedOrigins: ['https://console.example'] })
  for (const Origin of [
    'https://evil.com',
    'null',
    'https://console.example.evil.com',
    'http://127.0.0.1:3000',
    '',
  ]) {
    const answer = await rawRequest(listening, upgradeLines({ Host, Origin }))
    assert.equal(answer.status, 403, Origin)
    assert.equal(JSON.parse(answer.body).error.code, 'CONTROL_UI_ORIGIN_NOT_ALLOWED')
    assert.equal(answer.headers['connection'], 'close')
    assert.equal(Number(answer.headers['content-length']), answer.body.length)
  }
  assert.deepEqual(upgraded, [])
})

test('a foreign Host, forwarding headers and a token in the URL are refused before the first frame', async (context) => {
  const { listening, upgraded } = await openHouse(context)
  const table = [
    [upgradeLines({ Host: 'evil.com' }), 421],
    [upgradeLines({ Host: '127.0.0.1.evil', Origin: 'http://127.0.0.1.evil' }), 421],
    [upgradeLines({ Host, 'X-Forwarded-For': '127.0.0.1' }), 403],
    [upgradeLines({ Host, 'Tailscale-User-Login': 'owner@example.com' }), 403],
    [upgradeLines({ Host }, '/ws?token=abc'), 400],
    [upgradeLines({ Host }, 'http://evil.com/ws'), 400],
    [['GET / HTTP/1.0', 'Connection: Upgrade', 'Upgrade: websocket'], 421],
  ] as const
  for (const [lines, status] of table) {
    assert.equal((await rawRequest(listening, lines)).status, status, lines.join(' '))
  }
  assert.deepEqual(upgraded, [])
})

test('a trusted proxy speaks for a remote client', async (context) => {
  const { listening, upgraded } = await openHouse(context, { trustedProxies: ['127.0.0.1'] })
  const { socket } = await knock(listening.port, { 'X-Forwarded-For': '127.0.0.1' })
  socket.destroy()
  assert.deepEqual(upgraded, ['tcp remote'])
})

test('the owner socket is known by the server it came through', async (context) => {
  const path = join(temporaryDir(context), 'gateway.sock')
  const { upgraded } = await openHouse(context, { listen: { ownerSocketPath: path } })
  const socket = connect(path)
  socket.write(`${upgradeLines({ Host: 'anything' }).join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  socket.destroy()
  assert.deepEqual(upgraded, ['owner-socket owner-socket'])
})

test('one peer holds no more unproved sockets than its limit, and gets a place back when one closes', async (context) => {
  const { listening, guard } = await openHouse(context)
  const first = await knock(listening.port)
  const second = await knock(listening.port)
  const third = await rawRequest(listening, upgradeLines({ Host }))
  assert.deepEqual([third.status, third.body], [503, 'Too many unauthenticated sockets'])
  assert.match(third.headers['content-type'] ?? '', /^text\/plain/)

  first.socket.destroy()
  await eventually(() => guard.size() === 1, 'room for one more')
  const fourth = await knock(listening.port)
  assert.match(fourth.text, /^welcome/)
  for (const { socket } of [second, fourth]) socket.destroy()
})

test('a refused client that never closes is cut off', async (context) => {
  const { listening } = await openHouse(context)
  const socket = connect({ port: listening.port, host: '127.0.0.1', allowHalfOpen: true })
  socket.write(`${upgradeLines({ Host: 'evil.com' }).join('\r\n')}\r\n\r\n`)
  socket.on('error', () => {})
  socket.resume()
  const flood = setInterval(() => socket.writable && socket.write('x'.repeat(1_000)), 10)
  context.after(() => clearInterval(flood))
  await new Promise((resolve) => socket.once('close', resolve))
})
