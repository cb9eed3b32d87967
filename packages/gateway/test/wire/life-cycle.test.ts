import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { ListenError } from '../../src/http/listen-error.ts'
import { createLog } from '../../src/platform/log.ts'
import { startGateway } from '../../src/start-gateway.ts'
import { StateError } from '../../src/state/state-error.ts'
import { connectParams } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, pair } from '../harness/pair.ts'
import { openSilentPeer } from '../harness/silent-peer.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'
import { rawRequest } from '../house/raw-request.ts'

const auth = { token: 'the-shared-token' }
const scopes = ['operator.read', 'operator.pairing']
const log = createLog({ level: 'silent', destination: { write: () => true } })

const get = (port: number, path: string) => {
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close']
  return rawRequest({ host: '127.0.0.1', port }, lines)
}

describe('a second gateway', () => {
  test('on the same state is refused and harms nobody', async (context) => {
    const gateway = await openGateway(context, { config: { auth } })
    const { client } = await pair(gateway)
    for (let i = 0; i < 3; i += 1) {
      const second = startGateway({
        flags: { port: '0' },
        env: { PAIRGATE_STATE_DIR: gateway.stateDir },
        home: gateway.stateDir,
        log,
      })
      await assert.rejects(second, (error) => {
        assert.ok(error instanceof StateError)
        assert.match(error.message, /^Another gateway is already running on /)
        assert.ok(error.message.includes(gateway.stateDir))
        return true
      })
    }
    assert.equal((await client.request('health')).ok, true)
    await (await gateway.owner()).call('device.pair.list')
  })

  test('on a port that is taken is refused by name, and gives its state back', async (context) => {
    const first = await openGateway(context)
    const other = await openGateway(context)
    await other.stop()
    const start = (port: number) =>
      startGateway({
        flags: { port: String(port) },
        env: { PAIRGATE_STATE_DIR: other.stateDir },
        home: other.stateDir,
        log,
      })
    await assert.rejects(start(first.port), (error) => {
      assert.ok(error instanceof ListenError)
      assert.match(
        error.message,
        new RegExp(`^Another program already listens on 127\\.0\\.0\\.1:${first.port}, `),
      )
      return true
    })
    const started = await start(0)
    await started.stop('test')
  })

  test('may start where the first one has stopped', async (context) => {
    const gateway = await openGateway(context)
    for (let i = 0; i < 3; i += 1) await gateway.restart()
    assert.match((await gateway.open().challenge).nonce, /^[0-9a-f-]{36}$/)
  })
})

describe('a gateway that stops', () => {
  test('says so, closes 1012, and is done', async (context) => {
    const gateway = await openGateway(context)
    const { client } = await pair(gateway)
    const owner = await gateway.owner()
    const { done } = gateway.running
    const stopping = gateway.stop('gateway stopping')

    for (const each of [client, owner]) {
      const { payload } = await each.nextEvent('shutdown')
      assert.deepEqual(payload, { reason: 'gateway stopping' })
      await expectClose(each, 1012, 'service restart')
    }
    await within(stopping, () => 'the stop')
    await within(done, () => 'done')
    assert.equal(gateway.stop('again'), gateway.stop('and again'))
    assert.equal(existsSync(gateway.ownerSocket), false)
  })

  test('lets replies in flight finish', async (context) => {
    const gateway = await openGateway(context)
    const owner = await gateway.owner()
    const { device, token } = await pair(gateway)
    const ids = Array.from({ length: 20 }, (_value, at) =>
      owner.post('device.pair.rename', { deviceId: device.id, label: `Desk ${at}` }),
    )
    // The first answer says that the frames have arrived: the rest is in flight.
    await owner.response(String(ids[0]))
    const stopping = gateway.stop('gateway stopping')
    const answers = await Promise.all(ids.map((id) => owner.response(id)))
    assert.ok(answers.every(({ ok }) => ok))
    await expectClose(owner, 1012, 'service restart')
    await stopping

    await gateway.restart()
    const again = await gateway.owner()
    const { paired } = await again.call<DevicePairList>('device.pair.list')
    assert.equal(paired[0]?.operatorLabel, 'Desk 19')
    await connectPaired(gateway, { device, token })
  })

  test('takes up nothing new', async (context) => {
    const gateway = await openGateway(context)
    const owner = await gateway.owner()
    const { port } = gateway
    const stopping = gateway.stop('gateway stopping')
    await owner.nextEvent('shutdown')
    const id = owner.post('health')
    await owner.closed
    assert.ok(!owner.received.some((frame) => frame.type === 'res' && frame.id === id))

    await assert.rejects(
      new Promise((_resolve, reject) => connect({ host: '127.0.0.1', port }).once('error', reject)),
    )
    await stopping
  })

  test('is done although peers say nothing, before their hello and after', async (context) => {
    const gateway = await openGateway(context)
    const silent = await openSilentPeer(gateway.port)
    const mute = gateway.open()
    await mute.challenge
    const idle = connect({ host: '127.0.0.1', port: gateway.port })
    idle.on('error', () => undefined)

    await within(gateway.stop('gateway stopping'), () => 'the stop')
    await within(silent.gone, () => 'the end of a silent peer')
    await within(mute.closed, () => 'the end of a peer before its hello')
    idle.destroy()
  })

  test('refuses a connect that comes too late, and still gets to its end', async (context) => {
    const gateway = await openGateway(context)
    const { device, token, client } = await pair(gateway)
    await client.end()
    // It never answers the goodbye, so the stop has to wait for a second.
    const peer = await openSilentPeer(gateway.port)
    const proof = { device, auth: { deviceToken: token } }
    const params = connectParams(peer.challenge, proof)
    peer.sendText(JSON.stringify({ type: 'req', id: 'c', method: 'connect', params }))
    await peer.nextFrame(({ payload }) => payload.includes('hello-ok'), 'the hello')
    const silentAndLate = await openSilentPeer(gateway.port)
    const lastParams = connectParams(silentAndLate.challenge, proof)
    const late = gateway.open()
    await late.challenge
    const stopping = gateway.stop('gateway stopping')
    await peer.nextFrame(({ payload }) => payload.includes('shutdown'), 'the goodbye')

    const { error } = await late.connect(proof)
    assert.equal(error?.code, 'UNAVAILABLE')
    assert.equal(error?.retryable, true)
    await expectClose(late, 1013, 'try again later')
    // This one does not answer its close either, so somebody is left when the time of the goodbye is over.
    const last = JSON.stringify({ type: 'req', id: 'c', method: 'connect', params: lastParams })
    await new Promise((resolve) => setTimeout(resolve, 400))
    silentAndLate.sendText(last)
    await within(stopping, () => 'the stop')
    await within(silentAndLate.gone, () => 'the end of the last one')
  })

  test('is not ready any more while it stops, and still alive', async (context) => {
    const gateway = await openGateway(context)
    const { port } = gateway
    const begun = ['/readyz', '/healthz'].map((path) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n`)
      return socket
    })
    // An answer on a third connection says that the begun requests have been read.
    assert.equal((await get(port, '/readyz')).status, 200)
    const stopping = gateway.stop('gateway stopping')
    const answers = await Promise.all(
      begun.map(async (socket) => {
        socket.write('\r\n')
        let text = ''
        for await (const chunk of socket) text += String(chunk)
        return text
      }),
    )
    await stopping
    assert.match(answers[0] ?? '', /^HTTP\/1\.1 503 /)
    assert.match(answers[0] ?? '', /"ready":false,"failing":\["stopping"\]/)
    assert.match(answers[1] ?? '', /^HTTP\/1\.1 200 /)
  })
})

test('a restart keeps devices, tokens and open requests, and ends what was revoked for good', async (context) => {
  const gateway = await openGateway(context, { config: { auth } })
  const kept = await pair(gateway, { scopes })
  const revoked = await pair(gateway, { scopes })
  const rotated = await pair(gateway, { scopes })
  const fresh = makeDevice()
  const freshAsk = await askToPair(gateway, { device: fresh, scopes })
  const owner = await gateway.owner()
  await owner.call('device.token.revoke', { deviceId: revoked.device.id, role: 'operator' })
  await owner.call('device.token.rotate', { deviceId: rotated.device.id, role: 'operator' })
  const before = await owner.call<DevicePairList>('device.pair.list')
  await gateway.restart()

  const after = await (await gateway.owner()).call<DevicePairList>('device.pair.list')
  assert.deepEqual(after.pending, before.pending)
  const facts = (list: DevicePairList) =>
    list.paired.map(({ deviceId, publicKey, roles, scopes: baseline, tokens }) => ({
      deviceId,
      publicKey,
      roles,
      baseline,
      tokens: tokens.map(({ lastUsedAtMs: _lastUsed, ...token }) => token),
    }))
  assert.deepEqual(facts(after), facts(before))

  const { hello } = await connectPaired(gateway, { device: kept.device, token: kept.token, scopes })
  assert.equal(hello.auth.deviceToken, kept.token)
  const moved = await connectPaired(gateway, { device: rotated.device, token: rotated.token, scopes })
  assert.notEqual(moved.hello.auth.deviceToken, rotated.token)
  const { ok } = await gateway
    .open()
    .connect({ device: revoked.device, auth: { deviceToken: revoked.token } })
  assert.equal(ok, false)
  assert.equal((await askToPair(gateway, { device: fresh, scopes })).requestId, freshAsk.requestId)
  await approve(gateway, freshAsk.requestId)
  await gateway.open().hello({ device: fresh, scopes })
})

test('last use is written down when the gateway stops', async (context) => {
  const gateway = await openGateway(context)
  const { device } = await pair(gateway)
  await gateway.restart()
  const { paired } = await (await gateway.owner()).call<DevicePairList>('device.pair.list')
  const row = paired.find(({ deviceId }) => deviceId === device.id)
  assert.ok(row?.lastSeenAtMs && row.tokens[0]?.lastUsedAtMs)
})

test('what watches the process is answered: live for everybody, ready in full on this machine only', async (context) => {
  const gateway = await openGateway(context, { config: { allowedHosts: ['gateway.example'] } })
  for (const path of ['/health', '/healthz']) {
    const { status, body } = await get(gateway.port, path)
    assert.deepEqual([status, JSON.parse(body)], [200, { ok: true, status: 'live' }])
  }
  for (const path of ['/ready', '/readyz']) {
    const { status, body } = await get(gateway.port, path)
    const { uptimeMs, ...ready } = JSON.parse(body)
    assert.deepEqual([status, ready], [200, { ready: true, failing: [] }])
    assert.ok(uptimeMs >= 0)
  }
  const from = { host: '127.0.0.1', port: gateway.port }
  const remote = await rawRequest(from, [
    'GET /readyz HTTP/1.1',
    'Host: gateway.example',
    'Connection: close',
  ])
  assert.deepEqual(JSON.parse(remote.body), { ready: true })
  const post = await rawRequest(from, [
    'POST /healthz HTTP/1.1',
    `Host: 127.0.0.1:${gateway.port}`,
    'Content-Length: 0',
    'Connection: close',
  ])
  assert.equal(post.status, 405)
  const proxied = await rawRequest(from, [
    'GET /healthz HTTP/1.1',
    'Host: x',
    'X-Forwarded-For: x',
    'Connection: close',
  ])
  assert.equal(proxied.status, 200)
})

test('a gateway that cannot start leaves nothing behind that holds the state', async (context) => {
  const gateway = await openGateway(context)
  const { stateDir } = gateway
  await gateway.stop()
  const start = (env: Record<string, string>) =>
    startGateway({ flags: { port: '0' }, env: { PAIRGATE_STATE_DIR: stateDir, ...env }, home: stateDir, log })
  await assert.rejects(start({ PAIRGATE_TOKEN_KEY: 'A'.repeat(43) }), StateError)
  await assert.rejects(start({ OPENCLAW_GATEWAY_SOCK: join(stateDir, 'pairgate.json') }), ListenError)
  await gateway.restart()
})
