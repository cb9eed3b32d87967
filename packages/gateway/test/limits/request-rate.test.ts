import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { pair } from '../harness/pair.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'

const open = (context: TestContext, requestsPerSecond: number) =>
  openGateway(context, { config: { limits: { requestsPerSecond } } })

/** As many requests at once; how many were served, and the error of the others. */
async function burst(client: WireClient, requests: number) {
  const ids = new Set(Array.from({ length: requests }, () => client.post('health')))
  const answers = () => client.received.filter((frame) => frame.type === 'res' && ids.has(frame.id))
  await eventually(() => answers().length === requests, 'all answers')
  const refused = answers().flatMap((frame) => (frame.type === 'res' && frame.error) || [])
  return { served: requests - refused.length, refused }
}

describe('requests on one connection', () => {
  test('are served at once up to five seconds of their rate; the next is told to wait, and can', async (t) => {
    const time = holdTime(t)
    const { client } = await pair(await open(t, 20))
    const { served, refused } = await burst(client, 150)
    assert.equal(served, 100)
    assert.deepEqual(refused[0], {
      code: 'UNAVAILABLE',
      message: 'too many requests on this connection; slow down',
      details: { code: 'TOO_MANY_REQUESTS' },
      retryable: true,
      retryAfterMs: 50,
    })
    assert.ok(client.isOpen)
    time.advance(49)
    assert.equal((await burst(client, 1)).served, 0)
    time.advance(1)
    assert.equal((await burst(client, 5)).served, 1)
    time.advance(1_000)
    assert.equal((await burst(client, 50)).served, 20)
  })

  test('take nothing from another connection, not even of the same device', async (t) => {
    holdTime(t)
    const gateway = await open(t, 1)
    const { client, device, token } = await pair(gateway)
    await burst(client, 50)
    const second = gateway.open()
    await second.hello({ device, auth: { deviceToken: token } })
    assert.equal((await burst(second, 5)).served, 5)
  })

  test('count also when they are no requests at all', async (t) => {
    holdTime(t)
    const { client } = await pair(await open(t, 1))
    for (const text of ['', 'no json', '{}', '[]', '{"id":7}']) client.sendRaw(text)
    assert.equal((await burst(client, 1)).served, 0)
  })

  test('may be a thousand at once as the gateway comes', async (t) => {
    holdTime(t)
    const gateway = await openGateway(t)
    const { client } = await pair(gateway)
    assert.equal((await burst(client, 1_200)).served, 1_000)
  })
})
