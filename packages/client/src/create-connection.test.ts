import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RequestFrame } from '@pairgate/protocol/wire'
import { helloOf, startStrictGateway } from '../test/strict-gateway.ts'
import type { Peer, StrictGateway } from '../test/strict-state.ts'
import { connectWithSecret } from './connect-with-secret.ts'
import type { Connection } from './connection.ts'

interface Pair {
  readonly gateway: StrictGateway
  readonly connection: Connection
  readonly peer: Peer
}

async function connected(
  t: import('node:test').TestContext,
  prepare?: (gateway: StrictGateway) => void,
): Promise<Pair> {
  const gateway = await startStrictGateway()
  t.after(() => gateway.close())
  gateway.sharedToken = 'shared'
  prepare?.(gateway)
  const connection = await connectWithSecret({ url: gateway.url, token: 'shared', scopes: ['operator.read'] })
  const [peer] = gateway.peers
  assert.ok(peer)
  return { gateway, connection, peer }
}

/** Clock and timers of this process go on only when the test says so. @returns lets so many milliseconds pass. */
function holdTimers({ mock }: TestContext): (ms: number) => void {
  let now = performance.now()
  mock.timers.enable({ apis: ['setTimeout'] })
  mock.method(performance, 'now', () => now)
  return (ms) => {
    now += ms
    mock.timers.tick(ms)
  }
}

test('requests are numbered behind the connect, and each gets its own answer in any order', async (t) => {
  const { gateway, connection } = await connected(t)
  const held: RequestFrame[] = []
  gateway.answer = (peer, frame) => {
    held.push(frame)
    if (held.length < 2) return
    for (const { id, method } of held.reverse()) peer.send({ type: 'res', id, ok: true, payload: method })
  }
  const answers = await Promise.all([connection.request('health', {}), connection.call('other', null)])
  assert.deepEqual(answers, ['health', 'other'])
  assert.deepEqual(
    held.reverse().map(({ id, params }) => [id, params]),
    [
      ['2', {}],
      ['3', null],
    ],
  )
  await connection.close()
})

test('a request without params sends none', async (t) => {
  const { gateway, connection } = await connected(t)
  await connection.call('status')
  assert.equal(gateway.heard.at(-1), '{"type":"req","id":"2","method":"status"}')
  await connection.close()
})

test('a refusal carries the code of its details, and everything else that the gateway said', async (t) => {
  const { gateway, connection } = await connected(t)
  const details = { code: 'MISSING_SCOPE', missingScope: 'operator.pairing' }
  gateway.answer = (peer, { id }) => {
    const error = { code: 'FORBIDDEN', message: 'missing scope: operator.pairing', details }
    peer.send({ type: 'res', id, ok: false, error })
  }
  await assert.rejects(connection.request('device.pair.list', {}), {
    name: 'ClientError',
    code: 'MISSING_SCOPE',
    errorCode: 'FORBIDDEN',
    message: 'missing scope: operator.pairing',
    details,
  })
  gateway.answer = (peer, { id }) => {
    peer.send({
      type: 'res',
      id,
      ok: false,
      error: { code: 'INVALID_REQUEST', message: 'unknown method: x' },
    })
  }
  await assert.rejects(connection.call('x'), { code: 'INVALID_REQUEST', details: {} })
  await connection.close()
})

test('a request that gets no answer times out, and an answer that comes later is nobody’s', async (t) => {
  const { gateway, connection } = await connected(t)
  const late: string[] = []
  gateway.answer = (_peer, { id }) => void late.push(id)
  await assert.rejects(connection.call('slow', {}, { timeoutMs: 20 }), {
    code: 'TIMEOUT',
    message: 'gateway timeout after 20ms',
  })
  gateway.answer = (peer, { id }) => {
    peer.send({ type: 'res', id: late[0], ok: true, payload: 'late' })
    peer.send({ type: 'res', id, ok: true, payload: 'own' })
  }
  assert.equal(await connection.call('next'), 'own')
  await connection.close()
})

test('frames that are no frames are let go, and the connection goes on', async (t) => {
  const { gateway, connection, peer } = await connected(t)
  const events: string[] = []
  connection.onEvent(({ event }) => events.push(event))
  gateway.answer = (_peer, { id }) => {
    for (const garbage of [
      '',
      '{',
      'null',
      '[]',
      '7',
      '{"type":"res"}',
      '{"type":"event"}',
      '{"type":"req"}',
    ]) {
      peer.socket.send(garbage)
    }
    peer.send({ type: 'res', id, ok: 'yes', payload: 1 })
    peer.send({ type: 'res', id, ok: false, error: { code: 'X' } })
    peer.send({ type: 'event', event: 'tick', seq: -1 })
    peer.send({ type: 'event', event: 'tick', seq: 1, unknown: true })
    peer.socket.send(Buffer.from(JSON.stringify({ type: 'res', id, ok: true, payload: 'right' })), {
      binary: true,
    })
  }
  assert.equal(await connection.call('any'), 'right')
  assert.deepEqual(events, ['tick'])
  await connection.close()
})

test('everything that waits is told when the connection ends, and so is every later request', async (t) => {
  const { gateway, connection, peer } = await connected(t)
  gateway.answer = () => peer.socket.close(1012, 'service restart')
  const closed = { code: 'CLOSED', closeCode: 1012, closeReason: 'service restart' }
  const [one, other] = await Promise.allSettled([connection.call('one'), connection.call('other')])
  for (const result of [one, other]) {
    assert.equal(result.status, 'rejected')
    assert.equal(result.reason.code, 'CLOSED')
    assert.equal(result.reason.closeCode, 1012)
    assert.equal(result.reason.shouldRetry(), true)
  }
  assert.deepEqual(await connection.closed, { code: 1012, reason: 'service restart' })
  await assert.rejects(connection.call('later'), { code: 'CLOSED' })
  assert.equal(closed.closeCode, 1012)
})

test('a frame bigger than the limit ends the connection', async (t) => {
  const { gateway, connection, peer } = await connected(t)
  gateway.answer = () => peer.socket.send('x'.repeat(26_214_401))
  await assert.rejects(connection.call('big'), { code: 'CLOSED' })
  assert.equal((await connection.closed).code, 1009)
})

test('a request bigger than the gateway takes is not sent, and costs nobody the connection', async (t) => {
  const { gateway, connection } = await connected(t, (one) => {
    one.maxPayload = 1_000
  })
  await assert.rejects(connection.call('big', 'é'.repeat(500)), { code: 'PROTOCOL' })
  assert.equal(gateway.heard.length, 1)
  await connection.call('small')
  await connection.close()
})

test('a gateway that falls silent for twice its tick interval is left', async (t) => {
  const { connection } = await connected(t, (one) => {
    one.tickIntervalMs = 1
  })
  const waiting = connection.closed.then((close) => close)
  assert.deepEqual(await waiting, { code: 4000, reason: 'tick timeout' })
})

test('frames keep the watchdog quiet', async (t) => {
  const pass = holdTimers(t)
  const { connection, peer } = await connected(t, (one) => {
    one.tickIntervalMs = 500
  })
  for (let n = 0; n < 5; n += 1) {
    pass(900)
    peer.send({ type: 'event', event: 'tick', payload: { ts: 1 } })
    await new Promise<void>((heard) => {
      const stop = connection.onEvent(() => {
        stop()
        heard()
      })
    })
  }
  await connection.call('still here')
  pass(999)
  await connection.call('still here')
  pass(1_000)
  assert.deepEqual(await connection.closed, { code: 4000, reason: 'tick timeout' })
})

test('close ends within a second, also when the gateway does not answer it', async (t) => {
  const pass = holdTimers(t)
  const { connection, peer } = await connected(t)
  peer.socket.pause()
  const closing = connection.close()
  pass(1_000)
  await closing
  assert.deepEqual(await connection.closed, { code: 1000, reason: '' })
  await connection.close()
})

test('events between the hello and the first listener are not lost', async (t) => {
  const { connection } = await connected(t, (gateway) => {
    gateway.welcome = (peer) => {
      peer.send({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n' } })
      peer.socket.once('message', () => {
        const hello = helloOf(gateway, { role: 'operator', scopes: [] })
        peer.send({ type: 'res', id: '1', ok: true, payload: hello })
        peer.send({ type: 'event', event: 'first', seq: 1 })
        peer.send({ type: 'event', event: 'second', seq: 2 })
      })
    }
  })
  await new Promise((done) => setTimeout(done, 30))
  const heard: (number | undefined)[] = []
  connection.onEvent(({ seq }) => heard.push(seq))
  assert.deepEqual(heard, [1, 2])
  await connection.close()
})

test('who stops listening hears nothing more', async (t) => {
  const { connection, peer } = await connected(t)
  const heard: string[] = []
  const stop = connection.onEvent(({ event }) => heard.push(`a ${event}`))
  connection.onEvent(({ event }) => heard.push(`b ${event}`))
  peer.send({ type: 'event', event: 'one' })
  await connection.call('after one')
  stop()
  peer.send({ type: 'event', event: 'two' })
  await connection.call('after two')
  assert.deepEqual(heard, ['a one', 'b one', 'b two'])
  await connection.close()
})
