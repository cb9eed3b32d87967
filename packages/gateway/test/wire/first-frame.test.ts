import assert from 'node:assert/strict'
import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import { after, test } from 'node:test'
import { type ConnectOptions, connectParams } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { openSilentPeer } from '../harness/silent-peer.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

const TOKEN = 'a-shared-token-of-this-test'
const gateway = await openGateway({ after }, { config: { auth: { token: TOKEN } } })

/** A connect that is accepted: the shared token over direct loopback. */
const SHARED: ConnectOptions = {
  client: { id: 'cli', mode: 'cli' },
  auth: { token: TOKEN },
  scopes: ['operator.admin'],
}

async function openShared(): Promise<WireClient> {
  const client = gateway.open()
  await client.hello(SHARED)
  return client
}

async function connectText(client: WireClient, bytes: number): Promise<string> {
  const params = connectParams(await client.challenge, SHARED)
  const text = JSON.stringify({ type: 'req', id: 'c', method: 'connect', params })
  return text + ' '.repeat(bytes - Buffer.byteLength(text))
}

function responses(client: WireClient) {
  return client.received.filter((frame) => frame.type === 'res')
}

test('the gateway speaks first, with a nonce of its own for every socket', async () => {
  const [one, other] = [await gateway.open().challenge, await gateway.open().challenge]

  assert.match(one.nonce, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.notEqual(one.nonce, other.nonce)
  assert.ok(Number.isInteger(one.ts) && Math.abs(one.ts - Date.now()) < 60_000)
  assert.deepEqual(Object.keys(one).sort(), ['capabilities', 'nonce', 'ts'])
})

test('a first frame of 65,536 bytes is read', async () => {
  const client = gateway.open()
  client.sendRaw(await connectText(client, 65_536))

  assert.equal((await client.response('c')).ok, true)
})

test('a first frame of 65,537 bytes closes 1009 without a reply', async () => {
  const client = gateway.open()
  client.sendRaw(await connectText(client, 65_537))

  await expectClose(client, 1009, '')
  assert.equal(responses(client).length, 0)
})

test('frames before the hello may not add up to more than two full ones, fragments included', async () => {
  const peer = await openSilentPeer(gateway.port)
  const fragment = Buffer.alloc(45_000, 0x20)
  peer.sendFrame({ opcode: 1, payload: fragment, fin: false })
  peer.sendFrame({ opcode: 0, payload: fragment, fin: false })
  peer.sendFrame({ opcode: 0, payload: fragment, fin: false })

  const { payload } = await peer.nextFrame(({ opcode }) => opcode === 8, 'the close frame')
  assert.equal(payload.readUInt16BE(0), 1009)
})

test('a stranger who declares a frame of 25 MiB is not read to its end', async () => {
  const taken: Socket[] = []
  const watch = (message: unknown) => taken.push((message as { socket: Socket }).socket)
  channel('net.server.socket').subscribe(watch)
  const peer = await openSilentPeer(gateway.port)
  channel('net.server.socket').unsubscribe(watch)

  peer.sendFrame({ opcode: 1, payload: Buffer.alloc(20_000_000, 0x20), declaredLength: 26_214_400 })
  const { payload } = await peer.nextFrame(({ opcode }) => opcode === 8, 'the close frame')
  await within(peer.gone, () => 'the end of TCP')

  assert.equal(payload.readUInt16BE(0), 1009)
  const read = taken[0]?.bytesRead ?? 0
  assert.ok(read > 0 && read < 1_000_000, `the gateway has read ${read} bytes of a stranger`)
})

test('after the hello a frame of 26,214,400 bytes is read, and one byte more closes 1009', async () => {
  const client = await openShared()
  const health = JSON.stringify({ type: 'req', id: 'h', method: 'health' })

  client.sendRaw(health + ' '.repeat(26_214_400 - health.length))
  assert.equal((await client.response('h')).ok, true)

  client.sendRaw(health + ' '.repeat(26_214_401 - health.length))
  await expectClose(client, 1009, '')
})

test('a first frame that is no JSON closes 1000 without a reply', async () => {
  for (const text of ['', 'hello', '{', '{"type":"req"', '\u0000']) {
    const client = gateway.open()
    await client.challenge
    client.sendRaw(text)

    await expectClose(client, 1000, '')
    assert.equal(responses(client).length, 0)
  }
})

test('a first frame that is JSON and no request closes 1008 without a reply', async () => {
  const frames = [
    null,
    1,
    'connect',
    [],
    {},
    { type: 'res', id: '1', ok: true },
    { type: 'req', id: '', method: 'connect' },
    { type: 'req', id: 1, method: 'connect' },
    { type: 'req', id: '1', method: '' },
    { type: 'req', id: '1', method: 'connect', surprise: true },
  ]
  for (const frame of frames) {
    const client = gateway.open()
    await client.challenge
    client.send(frame)

    await expectClose(client, 1008, 'invalid request frame')
    assert.equal(responses(client).length, 0)
  }
})

test('a first request other than connect is answered and closed, whatever its method (T36)', async () => {
  const { features } = await gateway.open().hello(SHARED)
  for (const method of [...features.methods, 'config.apply', 'no.such.method']) {
    const client = gateway.open()
    await client.challenge
    const error = await client.fail(method, {})

    const message = 'invalid handshake: first request must be connect'
    assert.deepEqual(error, { code: 'INVALID_REQUEST', message })
    await expectClose(client, 1008, message)
  }
})

test('fifteen frames behind the connect are answered after the hello, in order', async () => {
  const client = gateway.open()
  client.sendRaw(await connectText(client, 4_096))
  const ids = Array.from({ length: 15 }, () => client.post('health'))
  await Promise.all(ids.map((id) => client.response(id)))

  const answered = responses(client)
  assert.equal(answered[0]?.id, 'c')
  assert.deepEqual(
    answered.map(({ ok }) => ok),
    Array.from({ length: 16 }, () => true),
  )
  assert.deepEqual(
    answered
      .slice(1)
      .map(({ id }) => id)
      .sort(),
    [...ids].sort(),
  )
})

test('the sixteenth frame behind the connect closes 1008', async () => {
  const peer = await openSilentPeer(gateway.port)
  const connect = (id: string) => {
    const params = connectParams(peer.challenge, { device: makeDevice() })
    return JSON.stringify({ type: 'req', id, method: 'connect', params })
  }
  // In one write, so that all of them are there before the connect can have been answered.
  peer.socket.cork()
  for (let i = 0; i < 17; i += 1) peer.sendText(connect(String(i)))
  peer.socket.uncork()

  const { payload } = await peer.nextFrame(({ opcode }) => opcode === 8, 'the close frame')
  assert.equal(payload.readUInt16BE(0), 1008)
  assert.equal(payload.subarray(2).toString(), 'too many pending handshake frames')
})

test('frames behind a connect that is refused get no answer', async () => {
  const client = gateway.open()
  const params = connectParams(await client.challenge, { ...SHARED, auth: { token: 'wrong' } })
  client.send({ type: 'req', id: 'c', method: 'connect', params })
  client.post('health')
  client.post('device.pair.list')
  await client.closed

  assert.deepEqual(
    responses(client).map(({ id }) => id),
    ['c'],
  )
})

test('who does not finish the handshake in time is closed 1000 without a word', async (context) => {
  const hasty = await openGateway(context, { config: { limits: { handshakeMs: 150 } } })
  const client = hasty.open()

  await expectClose(client, 1000, '')
  assert.deepEqual(
    client.received.map((frame) => frame.type === 'event' && frame.event),
    ['connect.challenge'],
  )
})

test('a handshake that was finished is not ended by the handshake timeout', async (context) => {
  const hasty = await openGateway(context, {
    config: { auth: { token: TOKEN }, limits: { handshakeMs: 1_000 } },
  })
  const finished = hasty.open()
  await finished.hello(SHARED)
  // The one that was opened later runs out: so the time of the first one is over as well.
  await expectClose(hasty.open(), 1000, '')

  assert.equal((await finished.request('health')).ok, true)
})

test('a second connect is refused and the connection stays', async () => {
  const client = await openShared()
  const params = connectParams(await client.challenge, SHARED)

  assert.deepEqual(await client.fail('connect', params), {
    code: 'INVALID_REQUEST',
    message: 'connect is only valid as the first request',
  })
  assert.equal((await client.request('health')).ok, true)
})

test('after the hello, text that is no JSON is ignored', async () => {
  const client = await openShared()
  for (const text of ['', 'hello', '{', '[1,']) client.sendRaw(text)
  await client.call('health')

  assert.equal(responses(client).length, 2)
})

test('after the hello, JSON that is no request is answered under its own id, else under "invalid"', async () => {
  const client = await openShared()
  client.send({ type: 'req', id: 'mine' })
  client.send({ type: 'req', id: 7, method: 'health' })
  client.send('text')
  client.send({ type: 'req', id: 'extra', method: 'health', surprise: 1 })
  await client.call('health')

  const [, mine, numbered, text, extra] = responses(client)
  assert.equal(mine?.id, 'mine')
  assert.deepEqual(mine?.error, {
    code: 'INVALID_REQUEST',
    message: "invalid request frame: must have required property 'method'",
  })
  assert.equal(numbered?.id, 'invalid')
  assert.match(numbered?.error?.message ?? '', /^invalid request frame: at \/id: /)
  assert.equal(text?.id, 'invalid')
  assert.equal(extra?.id, 'extra')
  assert.match(extra?.error?.message ?? '', /^invalid request frame: at root: unexpected property 'surprise'/)
})

test('binary frames that hold JSON are read like text, before and after the hello', async () => {
  const client = gateway.open()
  client.sendRaw(Buffer.from(await connectText(client, 1_000)))
  assert.equal((await client.response('c')).ok, true)

  client.sendRaw(Buffer.from(JSON.stringify({ type: 'req', id: 'b', method: 'health' })))
  assert.equal((await client.response('b')).ok, true)
})

test('params that are null or missing count as an empty object', async () => {
  const client = await openShared()
  client.send({ type: 'req', id: 'null', method: 'device.pair.list', params: null })
  client.send({ type: 'req', id: 'none', method: 'device.pair.list' })

  assert.equal((await client.response('null')).ok, true)
  assert.equal((await client.response('none')).ok, true)

  const bare = gateway.open()
  await bare.challenge
  bare.send({ type: 'req', id: 'c', method: 'connect', params: null })
  const { error } = await bare.response('c')
  assert.match(error?.message ?? '', /^invalid connect params: must have required property 'minProtocol'/)
})

test('the hello says what OpenClaw expects of it, and nothing that its closed schemas do not know', async () => {
  const { hello } = await pair(gateway, { scopes: ['operator.read'] })

  assert.deepEqual(Object.keys(hello).sort(), [
    'auth',
    'features',
    'policy',
    'protocol',
    'server',
    'snapshot',
    'type',
  ])
  assert.equal(hello.type, 'hello-ok')
  assert.deepEqual(hello.policy, {
    maxPayload: 26_214_400,
    maxBufferedBytes: 52_428_800,
    tickIntervalMs: 30_000,
  })
  assert.deepEqual(Object.keys(hello.auth).sort(), ['deviceToken', 'issuedAtMs', 'role', 'scopes'])
  assert.match(hello.auth.deviceToken ?? '', /^pgd_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/)
})

test('a client that announces pairgate-1 also learns method, token scopes and session', async () => {
  const { hello } = await pair(gateway, { scopes: ['operator.read', 'operator.write'], extended: true })

  assert.equal(hello.auth.method, 'device-token')
  assert.deepEqual(hello.auth.tokenScopes, ['operator.read', 'operator.write'])
  assert.match(hello.auth.session ?? '', /^device-[0-9a-f]{8}-/)
  assert.equal(hello.auth.expiresAtMs, undefined)
})
