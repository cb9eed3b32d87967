import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOfTest } from '../test/device-of-test.ts'
import { startStrictGateway } from '../test/strict-gateway.ts'
import { ClientError } from './client-error.ts'
import { connectGateway } from './connect-gateway.ts'
import type { GatewaySession, GatewaySessionState } from './gateway-session.ts'
import type { PendingPairing } from './pair-device.ts'

const retry = { firstMs: 10, maxMs: 20 }

function reaching(session: GatewaySession, kind: GatewaySessionState['kind']): Promise<GatewaySessionState> {
  return new Promise((resolve) => {
    const stop = session.onState((state) => {
      if (state.kind !== kind) return
      stop()
      resolve(state)
    })
  })
}

test('a session comes back after a drop, and a request waits for it', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  const kinds: string[] = [session.state.kind]
  session.onState(({ kind }) => kinds.push(kind))
  await session.call('first')

  const dropped = reaching(session, 'paused')
  gateway.cutAll(1012, 'service restart')
  const state = await dropped
  assert.ok(state.kind === 'paused')
  assert.equal(state.error.closeCode, 1012)
  assert.deepEqual(await session.call('second'), { method: 'second', params: null })

  await session.close()
  assert.equal(await session.ended, undefined)
  assert.deepEqual(kinds, ['connecting', 'connecting', 'open', 'paused', 'connecting', 'open', 'closed'])
  await assert.rejects(session.call('third'), { code: 'CLOSED' })
})

test('a session lives through the rotation of its token and stores the new one', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  for (let n = 0; n < 3; n += 1) {
    await session.call('before')
    const again = reaching(session, 'paused').then(() => reaching(session, 'open'))
    gateway.rotate(deviceId)
    await again
    assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  }
  await session.close()
})

test('a revoke ends the session, and its token is forgotten', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  await session.call('before')
  gateway.revoke(deviceId)
  const error = await session.ended
  assert.ok(error instanceof Error && 'code' in error)
  assert.equal(error.code, 'AUTH_DEVICE_TOKEN_MISMATCH')
  assert.equal(session.state.kind, 'closed')
  assert.equal(await storedToken(), undefined)
  const tries = gateway.connects.length
  await new Promise((done) => setTimeout(done, 60))
  assert.equal(gateway.connects.length, tries)
  await assert.rejects(session.call('after'), { code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
})

test('a device that is not paired has no session, and asks only once', async (t) => {
  const { gateway, target } = await deviceOfTest(t)
  const session = connectGateway({ ...target, retry })
  await assert.rejects(session.call('any'), { code: 'PAIRING_REQUIRED' })
  assert.equal(gateway.connects.length, 1)
  await session.close()
})

test('a session waits as long as the gateway asks for', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  gateway.refusals.push({ code: 'UNAVAILABLE', message: 'starting', retryable: true, retryAfterMs: 120 })
  const session = connectGateway({ ...target, retry })
  const paused = await reaching(session, 'paused')
  assert.ok(paused.kind === 'paused')
  assert.equal(paused.retryInMs, 120)
  await session.call('in')
  await session.close()
})

test('a session finds its gateway again after a restart on the same port', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  await session.call('before')
  const gone = reaching(session, 'paused')
  await gateway.close()
  await gone
  const again = await startStrictGateway(Number(new URL(gateway.url).port))
  t.after(() => again.close())
  for (const [id, device] of gateway.devices) again.devices.set(id, device)
  await session.call('after')
  await session.close()
})

test('a request waits for a connection no longer than it was told', async (t) => {
  const { gateway, target } = await deviceOfTest(t)
  await gateway.close()
  const session = connectGateway({ ...target, retry: { firstMs: 5_000 } })
  await assert.rejects(session.call('any', {}, { timeoutMs: 30 }), { code: 'TIMEOUT' })
  await session.close()
})

test('events of every connection reach those who listen to the session', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  const heard: string[] = []
  session.onEvent(({ event }) => heard.push(event))
  for (const event of ['one', 'two']) {
    await session.call('ready')
    for (const peer of gateway.peers) peer.send({ type: 'event', event })
    await session.call('told')
    const again = reaching(session, 'open')
    gateway.cutAll(1012, 'service restart')
    await again
  }
  assert.deepEqual(heard, ['one', 'two'])
  await session.close()
})

test('the signal of a session ends it, connected or not', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const stop = new AbortController()
  const session = connectGateway({ ...target, retry, signal: stop.signal })
  await session.call('before')
  stop.abort()
  assert.equal(await session.ended, undefined)
  assert.equal(session.state.kind, 'closed')
})

test('events are read one by one in a loop that ends with the session', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  const names: string[] = []
  const reading = (async () => {
    for await (const { event } of session.events()) {
      names.push(event)
      if (event === 'second') gateway.cutAll(1012, 'service restart')
      if (event === 'third') await session.close()
    }
  })()
  const tell = (event: string): void => {
    for (const peer of gateway.peers) peer.send({ type: 'event', event })
  }
  await session.call('in')
  tell('first')
  tell('second')
  await reaching(session, 'paused')
  await session.call('in again')
  tell('third')
  await reading
  assert.deepEqual(names, ['first', 'second', 'third'])
})

test('a loop over events throws what the session ended with, and the reason of its own signal', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  await session.call('in')
  const reason = new Error('enough')
  const stop = new AbortController()
  const stopped = session.events({ signal: stop.signal }).next()
  const revoked = session.events().next()
  stop.abort(reason)
  await assert.rejects(stopped, reason)
  await assert.rejects(session.events({ signal: stop.signal }).next(), reason)
  gateway.revoke(deviceId)
  await assert.rejects(revoked, { code: 'AUTH_DEVICE_TOKEN_MISMATCH' })
})

test('a reader who falls too far behind is told, and keeps nobody else from hearing', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const session = connectGateway({ ...target, retry })
  await session.call('in')
  const events = session.events()
  const first = events.next()
  let heard = 0
  session.onEvent(() => {
    heard += 1
  })
  const [peer] = gateway.peers
  for (let n = 0; n < 2_000; n += 1) peer?.send({ type: 'event', event: `e${n}` })
  assert.equal((await first).value?.event, 'e0')
  await session.call('behind them')
  assert.equal(heard, 2_000)
  let read = 1
  const rest = async (): Promise<void> => {
    for await (const _ of events) read += 1
  }
  await assert.rejects(rest(), { code: 'SLOW_READER' })
  assert.ok(read < 2_000)
  await session.close()
})

test('what has to be resumed is resumed on every connection, before requests that wait', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const methods: unknown[] = []
  gateway.answer = (peer, { id, method }) => {
    methods.push(method)
    peer.send({ type: 'res', id, ok: true, payload: {} })
  }
  const session = connectGateway({ ...target, retry })
  const stop = session.resume((connection) => connection.call('subscribe'))
  await session.call('one')
  const dropped = reaching(session, 'paused')
  gateway.cutAll(1012, 'service restart')
  await dropped
  await session.call('two')
  assert.deepEqual(methods, ['subscribe', 'one', 'subscribe', 'two'])

  stop()
  const late = Promise.withResolvers<void>()
  session.resume(async (connection) => {
    await connection.call('late')
    late.resolve()
  })
  await late.promise
  assert.deepEqual(methods.slice(4), ['late'])
  await session.close()
})

test('a resumption that fails for now is tried again, one that cannot succeed ends the session', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const refusals: object[] = [
    { code: 'UNAVAILABLE', message: 'busy', retryable: true },
    { code: 'FORBIDDEN', message: 'no' },
  ]
  gateway.answer = (peer, { id }) => {
    const error = refusals.shift()
    peer.send(error ? { type: 'res', id, ok: false, error } : { type: 'res', id, ok: true, payload: {} })
  }
  const session = connectGateway({ ...target, retry })
  session.resume((connection) => connection.call('subscribe'))
  const error = await session.ended
  assert.ok(error instanceof ClientError)
  assert.equal(error.code, 'FORBIDDEN')
  assert.equal(gateway.connects.length, 2)
})

test('with `wait` a session stands while an operator decides, and is in once he has', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  const asked = Promise.withResolvers<PendingPairing>()
  const session = connectGateway({ ...target, retry, wait: true, onPending: asked.resolve })
  const waiting = await reaching(session, 'waiting')
  assert.ok(waiting.kind === 'waiting')
  assert.deepEqual(waiting.pending, await asked.promise)
  gateway.approve(deviceId)
  assert.deepEqual(await session.call('in'), { method: 'in', params: null })
  await session.close()
})

test('a request is given up when its signal says so, before and after it was sent', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const sent = Promise.withResolvers<void>()
  gateway.answer = () => sent.resolve()
  const session = connectGateway({ ...target, retry })
  const reason = new Error('enough')
  await assert.rejects(session.call('never', {}, { signal: AbortSignal.abort(reason) }), reason)
  const stop = new AbortController()
  const asking = session.call('slow', {}, { signal: stop.signal })
  await sent.promise
  stop.abort(reason)
  await assert.rejects(asking, reason)
  await session.close()
})
