import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'

/** Ways to break OpenClaw's command line that were seen on other servers; ours goes none of them. */

const SHARED = 'a-shared-token-of-the-tests'
const auth = { token: SHARED }
const gateway = await openGateway({ after }, { config: { auth: { mode: 'token', token: SHARED } } })

/** As the command line introduces itself, in every command. */
const CLI = { id: 'cli', version: '2026.9.6', platform: 'linux', deviceFamily: 'Linux', mode: 'cli' }
function cli(scopes: readonly string[], more: ConnectOptions = {}): ConnectOptions {
  return { client: { ...CLI, instanceId: randomUUID() }, scopes, auth, ...more }
}

/** Sends a frame in the shape of the command line's own, whose ids are its own too. */
function say(client: WireClient, method: string, params?: object): Promise<unknown> {
  const id = `${client.sent.length + 1}:${randomUUID()}`
  client.send({ type: 'req', id, method, ...(params && { params }) })
  return client.response(id).then(({ ok, payload, error }) => (ok ? payload : error?.message))
}

test('every socket gets a challenge of its own before anything else', async () => {
  const clients = [gateway.open(), gateway.open(), gateway.open()]
  const challenges = await Promise.all(clients.map((client) => client.challenge))
  assert.equal(new Set(challenges.map(({ nonce }) => nonce)).size, 3)
  for (const { nonce, ts } of challenges) assert.ok(nonce.length > 0 && Number.isInteger(ts))
  await Promise.all(clients.map((client) => client.end()))
})

test('a refused connect is answered in words first, and the close repeats them', async () => {
  const device = () => makeDevice()
  const refused: readonly ConnectOptions[] = [
    {},
    { auth: { token: 'wrong' } },
    { device: device() },
    { device: device(), auth: { deviceToken: 'wrong' } },
    { device: device(), auth, signedAt: 1 },
    { auth, role: 'admin' },
    { auth, client: { id: 'nobody' } },
    { auth, minProtocol: 5, maxProtocol: 5 },
  ]
  for (const options of refused) {
    const client = gateway.open()
    const { error } = await client.connect(options)
    const { code, reason } = await client.closed
    assert.ok(error && error.code !== '' && error.message !== '')
    assert.equal(code, options.minProtocol === 5 ? 1002 : 1008)
    assert.equal(reason, error.message)
    assert.equal(client.received.at(-1)?.type, 'res')
  }
})

test('the close of a pairing refusal keeps the whole request id within 120 bytes', async () => {
  const { device } = await pair(gateway, { auth, scopes: ['operator.read'] })
  const client = gateway.open()
  const { error } = await client.connect({ device, auth, scopes: ['operator.write'] })
  const { code, reason } = await client.closed
  assert.equal(error?.details?.['reason'], 'scope-upgrade')
  assert.equal(code, 1008)
  assert.ok(Buffer.byteLength(reason) <= 120)
  assert.ok(reason.endsWith(` (requestId: ${error?.details?.['requestId']})`), reason)
  assert.match(reason, /^pairing required: /)
})

test('the local command line needs no device beside the shared token, and keeps its scopes', async () => {
  const client = gateway.open()
  const hello = await client.hello(cli(['operator.pairing']))
  assert.deepEqual(hello.auth.scopes, ['operator.pairing'])
  assert.equal(hello.auth.deviceToken, undefined)
  assert.ok(await client.call('device.pair.list', {}))

  const backend = gateway.open()
  const options = { client: { id: 'gateway-client', mode: 'backend' }, auth, scopes: ['operator.read'] }
  assert.deepEqual((await backend.hello(options)).auth.scopes, ['operator.read'])
})

test('a probe that also speaks protocol 3 is let in, and so is anybody whose range includes 4', async () => {
  const probe = { client: { ...CLI, version: 'dev', mode: 'probe' }, auth, scopes: ['operator.read'] }
  const old = await gateway.open().hello({ ...probe, minProtocol: 3, maxProtocol: 4 })
  assert.equal(old.protocol, 4)
  assert.equal((await gateway.open().hello({ ...probe, minProtocol: 3, maxProtocol: 3 })).protocol, 4)
  assert.equal((await gateway.open().hello(cli([], { minProtocol: 3, maxProtocol: 5 }))).protocol, 4)
})

test('any path is upgraded, a subprotocol is echoed, and compression is never agreed on', async () => {
  for (const path of ['/', '/ws', '/x/y', '/?a=1']) {
    const client = gateway.open({ path, protocols: ['one', 'two'] })
    await client.hello(cli([]))
    assert.equal(client.socket.protocol, 'one', path)
    assert.equal(client.socket.extensions, '', path)
    await client.end()
  }
})

test('the calls of every command are answered, each under its own id', async () => {
  const reader = gateway.open()
  await reader.hello(cli(['operator.read']))
  assert.equal(Object(await say(reader, 'health'))['ok'], true)
  assert.equal(typeof Object(await say(reader, 'status'))['uptimeMs'], 'number')
  assert.equal(typeof Object(await say(reader, 'status', { includeChannelSummary: false })), 'object')
  assert.equal(Object(await say(reader, 'config.get', {}))['valid'], true)
  // Missing methods make commands report less; an answer that never comes would make them hang.
  assert.equal(await say(reader, 'sessions.list', {}), 'missing scope: operator.admin')
  const [self] = (await say(reader, 'system-presence')) as readonly Record<string, unknown>[]
  assert.deepEqual([self?.['mode'], self?.['reason']], ['gateway', 'self'])
  const admin = gateway.open()
  await admin.hello(cli(['operator.admin']))
  assert.equal(await say(admin, 'sessions.list'), 'unknown method: sessions.list')
})

test('the two texts that the command line parses are told as they are', async () => {
  const node = { role: 'node', client: { id: 'node-host', mode: 'node' }, auth, device: makeDevice() }
  const { requestId } = await askToPair(gateway, node)
  const manager = gateway.open()
  await manager.hello(cli(['operator.pairing']))
  assert.equal(await say(manager, 'device.pair.approve', { requestId }), 'device pairing approval denied')
  const admin = gateway.open()
  await admin.hello(cli(['operator.admin']))
  assert.equal(await say(admin, 'device.pair.approve', { requestId: randomUUID() }), 'unknown requestId')
  assert.equal(typeof Object(await say(admin, 'device.pair.approve', { requestId }))['device'], 'object')
  assert.equal(await say(admin, 'device.pair.approve', { requestId }), 'unknown requestId')
  assert.equal(await say(manager, 'device.pair.reject', { requestId }), 'unknown requestId')
})

test('what is sent right behind the connect is answered after the hello, in that order', async () => {
  const client = gateway.open()
  await client.challenge
  const hello = client.connect(cli(['operator.read']))
  while (client.sent.length === 0) await Promise.resolve()
  const ids = Array.from({ length: 10 }, () => client.post('health'))
  assert.equal((await hello).ok, true)
  await Promise.all(ids.map((id) => client.response(id)))
  const answered = client.received.flatMap((frame) => (frame.type === 'res' ? [frame.id] : []))
  assert.deepEqual(
    answered,
    client.sent.map((frame) => Object(frame)['id']),
  )
})

test('an operator who is told of devices finds no gap in the count of events', async () => {
  const watcher = gateway.open()
  await watcher.hello(cli(['operator.pairing']))
  for (let device = 0; device < 5; device += 1) await pair(gateway, { auth, scopes: ['operator.read'] })
  await watcher.call('health')
  const seqs = watcher.events('device.pair.requested', 'device.pair.resolved').map(({ seq }) => seq)
  assert.deepEqual(
    seqs,
    Array.from({ length: 10 }, (_, at) => at + 1),
  )
})

test('what a call causes is told before its answer', async () => {
  const { requestId } = await askToPair(gateway, { device: makeDevice(), auth })
  const operator = gateway.open()
  await operator.hello(cli(['operator.pairing']))
  await operator.call('device.pair.reject', { requestId })
  const [, hello, event, answer] = operator.received
  assert.equal(hello?.type, 'res')
  assert.equal(event?.type === 'event' && event.event, 'device.pair.resolved')
  assert.equal(answer?.type, 'res')
})
