import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { helloOf, startStrictGateway } from '../../test/strict-gateway.ts'
import type { Peer, StrictGateway } from '../../test/strict-state.ts'
import { ClientError } from '../client-error.ts'
import { connectWithSecret } from '../connect-with-secret.ts'
import type { Connection } from '../connection.ts'

const challenge = { type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: 1 } }

async function misbehaving(
  t: TestContext,
  welcome: (peer: Peer, gateway: StrictGateway) => void,
): Promise<StrictGateway> {
  const gateway = await startStrictGateway()
  t.after(() => gateway.close())
  gateway.welcome = (peer) => {
    peer.socket.on('message', (data) => gateway.heard.push(data.toString()))
    welcome(peer, gateway)
  }
  return gateway
}

function knock(url: string, more: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Connection> {
  return connectWithSecret({ url, token: 'shared', scopes: [], ...more })
}

test('a gateway that never sends its challenge is given up in time, and told nothing', async (t) => {
  const gateway = await misbehaving(t, () => undefined)
  await assert.rejects(knock(gateway.url, { timeoutMs: 40 }), {
    code: 'TIMEOUT',
    message: 'gateway timeout after 40ms',
  })
  assert.deepEqual(gateway.heard, [])
})

test('a gateway that never answers the introduction is given up in time', async (t) => {
  const gateway = await misbehaving(t, (peer) => peer.send(challenge))
  await assert.rejects(knock(gateway.url, { timeoutMs: 60 }), { code: 'TIMEOUT' })
})

const notChallenges: Readonly<Record<string, unknown>> = {
  'without a payload': { type: 'event', event: 'connect.challenge' },
  'without a nonce': { type: 'event', event: 'connect.challenge', payload: { ts: 1 } },
  'with an empty nonce': { type: 'event', event: 'connect.challenge', payload: { nonce: '' } },
  'with a nonce that is no text': { type: 'event', event: 'connect.challenge', payload: { nonce: 7 } },
  'that is an answer': { type: 'res', id: '1', ok: true, payload: {} },
  'that is no frame': ['connect.challenge'],
}
for (const [what, frame] of Object.entries(notChallenges)) {
  test(`a challenge ${what} is answered with nothing`, async (t) => {
    const gateway = await misbehaving(t, (peer) => peer.send(frame))
    await assert.rejects(knock(gateway.url), { code: 'PROTOCOL' })
    assert.deepEqual(gateway.heard, [])
  })
}

test('garbage instead of a challenge is answered with nothing', async (t) => {
  const gateway = await misbehaving(t, (peer) => peer.socket.send('SSH-2.0-OpenSSH_10.2'))
  await assert.rejects(knock(gateway.url), { code: 'PROTOCOL' })
  assert.deepEqual(gateway.heard, [])
})

test('other events may come before the challenge and before the hello', async (t) => {
  const gateway = await misbehaving(t, (peer, self) => {
    peer.send({ type: 'event', event: 'news' })
    peer.send(challenge)
    peer.socket.on('message', () => {
      peer.send({ type: 'event', event: 'news' })
      peer.send({ type: 'res', id: 'other', ok: true })
      peer.send({ type: 'res', id: '1', ok: true, payload: helloOf(self, { role: 'operator', scopes: [] }) })
    })
  })
  await (await knock(gateway.url)).close()
})

const auth = { role: 'operator', scopes: [] }
const policy = { maxPayload: 1_000, tickIntervalMs: 30_000 }
const notHellos: Readonly<Record<string, unknown>> = {
  'no payload': undefined,
  'no type': { auth, policy },
  'no scopes': { type: 'hello-ok', auth: { role: 'operator' }, policy },
  'scopes that are no texts': { type: 'hello-ok', auth: { role: 'operator', scopes: [7] }, policy },
  'no policy': { type: 'hello-ok', auth },
  'a tick interval that is no number': {
    type: 'hello-ok',
    auth,
    policy: { ...policy, tickIntervalMs: 'soon' },
  },
  'a token that is no text': { type: 'hello-ok', auth: { ...auth, deviceToken: { a: 1 } }, policy },
  'an expiry that is no time': { type: 'hello-ok', auth: { ...auth, expiresAtMs: 'never' }, policy },
}
for (const [what, payload] of Object.entries(notHellos)) {
  test(`a hello with ${what} is refused`, async (t) => {
    const gateway = await misbehaving(t, (peer) => {
      peer.send(challenge)
      peer.socket.on('message', () => peer.send({ type: 'res', id: '1', ok: true, payload }))
    })
    await assert.rejects(knock(gateway.url), { code: 'PROTOCOL' })
  })
}

test('a gateway that closes without an answer says at least why', async (t) => {
  const gateway = await misbehaving(t, (peer) => {
    peer.send(challenge)
    peer.socket.on('message', () => peer.socket.close(1008, 'invalid-handshake'))
  })
  await assert.rejects(knock(gateway.url), {
    code: 'CLOSED',
    closeCode: 1008,
    closeReason: 'invalid-handshake',
    message: 'gateway closed (1008): invalid-handshake',
  })
})

test('an answer counts although the connection is closed right behind it', async (t) => {
  const gateway = await misbehaving(t, (peer) => {
    peer.send(challenge)
    peer.socket.on('message', () => {
      const error = { code: 'UNAVAILABLE', message: 'gateway starting', retryable: true, retryAfterMs: 500 }
      peer.send({ type: 'res', id: '1', ok: false, error })
      peer.socket.close(1013, 'gateway starting')
    })
  })
  await assert.rejects(knock(gateway.url), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'UNAVAILABLE')
    assert.equal(error.retryAfterMs, 500)
    assert.equal(error.shouldRetry(), true)
    return true
  })
})

test('a flood before the hello does not fill the memory', async (t) => {
  const gateway = await misbehaving(t, (peer) => {
    peer.send(challenge)
    for (let n = 0; n < 100_000; n += 1) peer.socket.send('{"type":"event","event":"flood"}')
  })
  await assert.rejects(knock(gateway.url), (error) => {
    assert.ok(error instanceof ClientError)
    return ['CLOSED', 'TIMEOUT'].includes(error.code)
  })
})

test('an address where nobody listens is unreachable, in the words of the system', async (t) => {
  const gateway = await startStrictGateway()
  await gateway.close()
  t.diagnostic(gateway.url)
  await assert.rejects(knock(gateway.url), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'UNREACHABLE')
    assert.equal(error.message, `Gateway not reachable at ${gateway.url} (ECONNREFUSED).`)
    assert.equal(error.details['cause'], 'ECONNREFUSED')
    assert.equal(error.shouldRetry(), true)
    return true
  })
})

for (const [status, retry] of [
  [403, false],
  [503, true],
] as const) {
  test(`an upgrade refused with HTTP ${status} is unreachable, and ${retry ? 'may pass' : 'will not pass'}`, async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\n\r\nno`)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    t.after(() => server.close())
    const address = server.address()
    assert.ok(address && typeof address === 'object')
    await assert.rejects(knock(`ws://127.0.0.1:${address.port}`), (error) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'UNREACHABLE')
      assert.equal(error.details['httpStatus'], status)
      assert.equal(error.shouldRetry(), retry)
      return true
    })
  })
}

test('a port that accepts and says nothing is given up in time', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  const address = server.address()
  assert.ok(address && typeof address === 'object')
  await assert.rejects(knock(`ws://127.0.0.1:${address.port}`, { timeoutMs: 40 }), { code: 'TIMEOUT' })
})

test('an abort ends the attempt with its own reason; one that came before lets nothing begin', async (t) => {
  let knocks = 0
  const stop = new AbortController()
  const reason = new Error('enough')
  const gateway = await misbehaving(t, () => {
    knocks += 1
    stop.abort(reason)
  })
  await assert.rejects(knock(gateway.url, { signal: stop.signal }), reason)
  await assert.rejects(knock(gateway.url, { signal: stop.signal }), reason)
  await new Promise((done) => setTimeout(done, 30))
  assert.equal(knocks, 1)
})

test('the signal of an attempt does not end the connection that came of it', async (t) => {
  const gateway = await startStrictGateway()
  t.after(() => gateway.close())
  gateway.sharedToken = 'shared'
  const stop = new AbortController()
  const connection = await knock(gateway.url, { signal: stop.signal })
  stop.abort()
  await connection.call('still here')
  await connection.close()
})

test('an introduction says what the protocol asks for, and no more', async (t) => {
  const gateway = await startStrictGateway()
  t.after(() => gateway.close())
  gateway.sharedToken = 'shared'
  const target = { url: gateway.url, token: 'shared', scopes: ['operator.read'] }
  const connection = await connectWithSecret({
    ...target,
    client: { id: 'gateway-client', mode: 'backend', platform: 'plan9' },
  })
  const { client, ...params } = gateway.connects[0] ?? assert.fail('no connect')
  assert.deepEqual(params, {
    minProtocol: 4,
    maxProtocol: 4,
    caps: ['pairgate-1'],
    role: 'operator',
    scopes: ['operator.read'],
    auth: { token: 'shared' },
  })
  assert.equal(client.id, 'gateway-client')
  assert.equal(client.platform, 'plan9')
  await connection.close()
})
