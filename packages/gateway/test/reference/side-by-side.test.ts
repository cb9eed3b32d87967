import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type Hello, type WireClient } from '../harness/wire-client.ts'
import { expectOnlyWordsOf3, type OldRefusal, startOldClient } from './client-of-2026-4.ts'
import { type ReferenceClient, startReferenceClient } from './reference-client.ts'
import { createReferenceDevice, type ReferenceDevice } from './reference-device.ts'
import { openReferenceGateway, type ReferenceGateway } from './reference-gateway.ts'

const SHARED = 'the-shared-token-of-old-and-new'
const OPERATOR = ['operator.read', 'operator.pairing']
const ADMIN = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']

test('old and new clients live on one gateway, and let each other in', async (t) => {
  const gateway = await openReferenceGateway(t, { auth: { token: SHARED } })
  const admin = await pairNew(t, gateway, ADMIN)

  // The new one lets the old one in.
  const device = makeDevice()
  const sessions: WireClient[] = []
  const old = (scopes: readonly string[], token = SHARED) => {
    const client = startOldClient({ url: gateway.url, device, scopes, token })
    sessions.push(client.wire)
    return client
  }
  const asked = refusalOf(await old(ADMIN).answer)
  assert.deepEqual(
    [asked.message, asked.details['reason'], asked.close],
    ['pairing required', 'not-paired', { code: 1008, reason: 'pairing required' }],
  )
  assert.equal(await nextRequestId(admin.client), asked.details['requestId'])
  await admin.client.request('device.pair.approve', { requestId: asked.details['requestId'] })
  const first = helloOf(await old(ADMIN).answer)
  assert.equal(first.protocol, 3)

  // The old one, by its token, lets another new one in.
  const session = old(ADMIN, first.auth.deviceToken)
  helloOf(await session.answer)
  const second = await askNew(t, gateway, OPERATOR)
  const row = await session.wire.nextEvent('device.pair.requested')
  assert.equal(row.payload['requestId'], second.requestId)
  await session.wire.call('device.pair.approve', { requestId: second.requestId })
  const newcomer = startNew(t, gateway, second.device, OPERATOR)
  assert.equal((await newcomer.hellos.next()).protocol, 4)
  const { paired } = await session.wire.call<{ readonly paired: readonly object[] }>('device.pair.list')
  assert.equal(paired.length, 3)

  // A rotation by either locks out neither.
  await session.wire.call('device.token.rotate', {
    deviceId: second.device.identity.deviceId,
    role: 'operator',
  })
  assert.deepEqual(await newcomer.closes.next(), { code: 4001, reason: 'device removed' })
  assert.equal((await newcomer.hellos.next()).protocol, 4)
  await admin.client.request('device.token.rotate', { deviceId: device.id, role: 'operator' })
  await expectClose(session.wire, 4001, 'device removed')
  const rotated = helloOf(await old(OPERATOR, first.auth.deviceToken).answer)
  assert.notEqual(rotated.auth.deviceToken, first.auth.deviceToken)

  // A revoke ends it, whatever the old one brings.
  const last = old(OPERATOR, rotated.auth.deviceToken)
  helloOf(await last.answer)
  await admin.client.request('device.token.revoke', { deviceId: device.id, role: 'operator' })
  await expectClose(last.wire, 4001, 'device removed')
  const dead = refusalOf(await old(OPERATOR, rotated.auth.deviceToken).answer)
  assert.equal(dead.details['code'], 'AUTH_TOKEN_MISMATCH')
  assert.equal(refusalOf(await old(OPERATOR).answer).details['reason'], 'role-upgrade')
  assert.deepEqual([...admin.client.gaps, ...newcomer.gaps], [])
  for (const wire of sessions) expectOnlyWordsOf3(wire)
})

/** The id in the next news of a request. */
async function nextRequestId({ events }: Pick<ReferenceClient, 'events'>): Promise<unknown> {
  const { event, payload } = await events.next()
  return event === 'device.pair.requested' ? Object(payload)['requestId'] : nextRequestId({ events })
}

function helloOf(answer: Hello | OldRefusal): Hello {
  assert.equal(answer.type, 'hello-ok', JSON.stringify(answer))
  return answer as Hello
}

function refusalOf(answer: Hello | OldRefusal): OldRefusal {
  assert.equal(answer.type, 'refused')
  return answer as OldRefusal
}

function startNew(
  t: TestContext,
  { url }: ReferenceGateway,
  device: ReferenceDevice,
  scopes: readonly string[],
): ReferenceClient {
  const client = startReferenceClient({ url, device, options: { scopes: [...scopes], token: SHARED } })
  t.after(() => client.stop())
  return client
}

async function askNew(t: TestContext, gateway: ReferenceGateway, scopes: readonly string[]) {
  const device = createReferenceDevice()
  const client = startNew(t, gateway, device, scopes)
  const { details } = await client.refusals.next()
  await client.stop()
  return { device, requestId: details['requestId'] }
}

async function pairNew(t: TestContext, gateway: ReferenceGateway, scopes: readonly string[]) {
  const { device, requestId } = await askNew(t, gateway, scopes)
  await gateway.approve(requestId)
  const client = startNew(t, gateway, device, scopes)
  await client.hellos.next()
  return { device, client }
}
