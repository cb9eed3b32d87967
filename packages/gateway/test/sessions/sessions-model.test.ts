import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import type { ChatHistory } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'

const gateway = await openGateway(
  { after },
  { config: { limits: { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000, requestsPerSecond: 100_000 } } },
)
const owner = await gateway.owner()
const DEVICES = 2
const SESSIONS = 3

const run = randomUUID().slice(0, 8)
const keyOf = (session: number) => `model-${run}-${session}`
const devices = await openDevices()

async function openDevices() {
  const opened = []
  for (let session = 0; session < SESSIONS; session += 1) {
    await owner.call('sessions.create', { key: keyOf(session) })
    for (let n = 0; n < DEVICES; n += 1) {
      const approval = { session: keyOf(session) }
      const { client } = await pair(gateway, { scopes: ['operator.write'], approval, extended: true })
      opened.push({ session, client })
    }
  }
  return opened
}

const device = fc.nat(DEVICES * SESSIONS - 1)
const session = fc.nat(SESSIONS - 1)
const step = fc.oneof(
  fc.record({ does: fc.constant('send' as const), device, to: fc.option(session, { nil: undefined }) }),
  fc.record({ does: fc.constant('repeat' as const), device, to: fc.option(session, { nil: undefined }) }),
  fc.record({ does: fc.constant('read' as const), device, to: fc.option(session, { nil: undefined }) }),
)

/** What each session holds by the model; the gateway is the same for all runs, so it only grows. */
const model: string[][] = Array.from({ length: SESSIONS }, () => [])
const lastSent = new Map<number, { readonly message: string; readonly idempotencyKey: string }>()
const textsOf = ({ messages }: ChatHistory) => messages.map(({ content }) => String(content[0]?.text))

test('whatever devices of several sessions write and ask, each session holds its own and no other reads it', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
    for (const { does, device: n, to } of steps) {
      const { client, session: own } = devices[n] as (typeof devices)[number]
      const sessionKey = to === undefined ? undefined : keyOf(to)
      const isOwn = to === undefined || to === own
      if (does === 'read') {
        const { ok, payload, error } = await client.request('chat.history', {
          sessionKey,
          limit: 200,
          after: 0,
        })
        assert.equal(ok, isOwn)
        if (ok) assert.deepEqual(textsOf(payload as ChatHistory), model[own])
        else assert.equal(error?.message, 'unknown session')
        continue
      }
      const fresh = { message: `of ${own}: ${randomUUID()}`, idempotencyKey: randomUUID() }
      const said = does === 'repeat' ? (lastSent.get(n) ?? fresh) : fresh
      const { ok } = await client.request('chat.send', { ...said, sessionKey })
      assert.equal(ok, isOwn)
      if (!ok) continue
      if (lastSent.get(n) !== said) model[own]?.push(said.message)
      lastSent.set(n, said)
    }
    for (const { client, session: own } of devices) {
      await client.call('health')
      // Heard is exactly what was written there, in order, and never twice.
      const heard = client
        .events('chat')
        .map(({ payload }) => payload as { message?: { content?: { text: string }[] } })
      assert.deepEqual(
        heard.map(({ message }) => message?.content?.[0]?.text),
        model[own],
      )
      assert.ok((model[own]?.length ?? 0) < 200)
    }
  })
  await fc.assert(property, { numRuns: 20 })
})
