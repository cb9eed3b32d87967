import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { connectGateway } from '../src/connect-gateway.ts'
import { followChat } from '../src/follow-chat.ts'
import type { GatewaySession } from '../src/gateway-session.ts'
import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'
import { createMemoryTokenStore } from '../src/tokens/memory-token-store.ts'
import { deviceOfTest } from './device-of-test.ts'
import { openRealGateway } from './real-gateway.ts'
import { temporaryFolder } from './temporary-folder.ts'

const gateway = await openRealGateway({ after })
const retry = { firstMs: 10, maxMs: 50 }

async function enter(t: TestContext) {
  const key = await loadOrCreateFileKey(join(await temporaryFolder(t), 'key.pem'))
  const target = { url: gateway.url, key, tokens: createMemoryTokenStore(), scopes: ['operator.read'] }
  const session: GatewaySession = connectGateway({ ...target, wait: true, retry })
  t.after(() => session.close())
  await gateway.approve(key.deviceId)
  await session.request('health', {})
  const sessionKey = session.state.kind === 'open' ? session.state.connection.hello.auth.session : undefined
  let sent = 0
  const send = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      sent += 1
      const message = { message: `m${sent}`, idempotencyKey: `k${sent}` }
      await gateway.owner.request('chat.send', { sessionKey: sessionKey ?? '', ...message })
    }
  }
  return { session, send, deviceId: key.deviceId }
}

test('messages are told once and in order, also those of the time without a connection', async (t) => {
  const { session, send, deviceId } = await enter(t)
  await send(3)
  const seqs: number[] = []
  const reading = (async () => {
    for await (const { seq } of followChat(session, { after: 1 })) {
      seqs.push(seq)
      if (seq === 320) await session.close()
    }
  })()
  for (let round = 0; round < 3; round += 1) {
    await send(5)
    const rotating = gateway.owner.request('device.token.rotate', { deviceId, role: 'operator' })
    await send(100)
    await rotating
  }
  await send(2)
  await reading
  assert.deepEqual(
    seqs,
    Array.from({ length: 319 }, (_, n) => n + 2),
  )
})

test('without a number only what is new is told, and a signal ends the loop', async (t) => {
  const { session, send } = await enter(t)
  await send(3)
  const stop = new AbortController()
  const chat = followChat(session, { signal: stop.signal })
  const first = chat.next()
  // The place from which on messages are new is where the session stands when the loop asks.
  await session.request('chat.history', {})
  await session.request('chat.history', {})
  await send(1)
  assert.equal((await first).value?.content[0]?.text, 'm4')
  const reason = new Error('enough')
  const next = chat.next()
  stop.abort(reason)
  await assert.rejects(next, reason)
})

test('a gateway that cannot tell the history at the moment is asked again when it said, and no sooner', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const asked: number[] = []
  gateway.answer = ({ send }, { id }) => {
    asked.push(performance.now())
    const error = { code: 'UNAVAILABLE', message: 'later', retryable: true, retryAfterMs: 200 }
    const message = { seq: 1, role: 'user', content: [] }
    const payload = { sessionKey: 'desk', messages: [message], first: 1, last: 1, hasMore: false }
    send({ type: 'res', id, ...(asked.length === 1 ? { ok: false, error } : { ok: true, payload }) })
  }
  const session = connectGateway({ ...target, retry })
  t.after(() => session.close())
  const chat = followChat(session, { after: 0 })
  assert.equal((await chat.next()).value?.seq, 1)
  const [first = 0, second = 0] = asked
  // A timer may fire a moment early by this clock.
  assert.ok(second - first >= 195, `after ${second - first} ms`)
})
