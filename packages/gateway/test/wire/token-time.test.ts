import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import type { AuditRow, DevicePairList, ExtendResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import {
  approve,
  askToPair,
  connectPaired,
  type PairedDevice,
  pair,
  refusedConnect,
} from '../harness/pair.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { INVALID, invite, outcomeOf, redeem } from '../invitations/invite.ts'

const scopes = ['operator.read', 'operator.pairing']
const US = { extended: true }
const DENIED = { code: 'INVALID_REQUEST', message: 'device token extension denied' }
const OWN = 'a device cannot extend its own token; another operator or the gateway host has to'
const HOUR = 3_600_000
const gateway = await openGateway({ after })
const owner = await gateway.owner()

const target = ({ device }: PairedDevice) => ({ deviceId: device.id, role: 'operator' })
const extend = (by: WireClient, paired: PairedDevice, expiresInMs: number | null) =>
  by.call<ExtendResult>('device.token.extend', { ...target(paired), expiresInMs })

/** A gateway whose clock the test holds, its owner, and a device that was let in for an hour. */
async function timedHouse(context: TestContext) {
  const time = holdTime(context)
  const timed = await openGateway(context)
  const paired = await pair(timed, { scopes, approval: { expiresInMs: HOUR } })
  const again = () => connectPaired(timed, { device: paired.device, token: paired.token, scopes, ...US })
  const refusal = async () =>
    (
      await refusedConnect(timed, {
        device: paired.device,
        scopes,
        auth: { deviceToken: paired.token },
        ...US,
      })
    ).details
  return { time, timed, owner: await timed.owner(), paired, again, refusal }
}

describe('an extension', () => {
  test('gives a token more time, and its open connection as well, with the same secret', async (t) => {
    const { time, owner, paired, again } = await timedHouse(t)
    time.advance(HOUR - 1)
    const { expiresAtMs } = await extend(owner, paired, 2 * HOUR)
    assert.equal(expiresAtMs, Date.now() + 2 * HOUR)
    time.advance(2 * HOUR - 1)
    await paired.client.call('device.pair.list')
    const { hello, client } = await again()
    assert.deepEqual([hello.auth.deviceToken, hello.auth.expiresAtMs], [paired.token, expiresAtMs])
    time.advance(1)
    await expectClose(client, 4001, 'token expired')
    await expectClose(paired.client, 4001, 'token expired')
  })

  test('may shorten: the open connection ends at the new deadline, and not before', async (t) => {
    const { time, owner, paired, refusal } = await timedHouse(t)
    await extend(owner, paired, 60_000)
    time.advance(59_999)
    await paired.client.call('device.pair.list')
    time.advance(1)
    await expectClose(paired.client, 4001, 'token expired')
    assert.equal((await refusal())?.['authReason'], 'token_expired')
  })

  test('takes the deadline away, and sets one where none was', async (t) => {
    const { time, timed, owner, paired, again } = await timedHouse(t)
    assert.equal((await extend(owner, paired, null)).expiresAtMs, null)
    const endless = await pair(timed, { scopes })
    await extend(owner, endless, HOUR)
    time.advance(1_000 * HOUR)
    await paired.client.call('device.pair.list')
    assert.equal((await again()).hello.auth.expiresAtMs, undefined)
    await expectClose(endless.client, 4001, 'token expired')
  })

  test('brings a token back that has run out, and is what the next renewal repeats', async (t) => {
    const { time, timed, owner, paired, again, refusal } = await timedHouse(t)
    time.advance(HOUR)
    await expectClose(paired.client, 4001, 'token expired')
    assert.equal((await refusal())?.['code'], 'PAIRING_REQUIRED')
    await extend(owner, paired, 3 * HOUR)
    const { client } = await again()
    time.advance(3 * HOUR)
    await expectClose(client, 4001, 'token expired')
    await approve(timed, String((await refusal())?.['requestId']))
    assert.equal((await again()).hello.auth.expiresAtMs, Date.now() + 3 * HOUR)
  })

  test('settles the renewal that the device has asked for, and nothing wider', async (t) => {
    const { time, timed, owner, paired, refusal } = await timedHouse(t)
    time.advance(HOUR)
    await expectClose(paired.client, 4001, 'token expired')
    const renewal = String((await refusal())?.['requestId'])
    const wider = await askToPair(timed, {
      device: paired.device,
      scopes: [...scopes, 'operator.write'],
      auth: { deviceToken: paired.token },
    })
    await extend(owner, paired, HOUR)
    const { pending } = await owner.call<DevicePairList>('device.pair.list')
    assert.deepEqual(
      pending.map(({ requestId }) => requestId),
      [wider.requestId],
    )
    const error = await owner.fail('device.pair.approve', { requestId: renewal })
    assert.equal(error.message, 'unknown requestId')
    const { events } = await owner.call<{ events: readonly AuditRow[] }>('audit.list', { limit: 2 })
    assert.deepEqual(
      events.map(({ kind, requestId }) => [kind, requestId]),
      [
        ['pairing-approved', renewal],
        ['token-extended', undefined],
      ],
    )
  })

  test('never brings back what was revoked or removed, and says no more than that', async () => {
    const paired = await pair(gateway, { scopes })
    await owner.call('device.token.revoke', target(paired))
    const params = { ...target(paired), expiresInMs: HOUR }
    assert.deepEqual(await owner.fail('device.token.extend', params), DENIED)
    await owner.call('device.pair.remove', { deviceId: paired.device.id })
    assert.deepEqual(await owner.fail('device.token.extend', params), DENIED)
    for (const wrong of [{ deviceId: 'nobody' }, { role: 'king' }, { role: 'node' }])
      assert.deepEqual(await owner.fail('device.token.extend', { ...params, ...wrong }), DENIED)
  })

  test('is never for oneself, admin or not, and for nobody else without admin (T17)', async () => {
    const [plain, other, admin, second] = [
      await pair(gateway, { scopes, ...US }),
      await pair(gateway, { scopes, ...US }),
      await pair(gateway, { scopes: ['operator.admin'], ...US }),
      await pair(gateway, { scopes: ['operator.admin'], ...US }),
    ]
    for (const self of [plain, admin]) {
      const error = await self.client.fail('device.token.extend', { ...target(self), expiresInMs: null })
      assert.match(error.message, /^a device cannot extend its own token; another operator/)
    }
    const foreign = { ...target(other), expiresInMs: null }
    assert.deepEqual(await plain.client.fail('device.token.extend', foreign), DENIED)
    await admin.client.call('device.token.extend', foreign)
    await extend(second.client, admin, HOUR)
  })

  test('is nothing that a device gives itself by saying yes to itself, or by an invitation of its own (T17)', async () => {
    const tries = {
      approval: async (self: PairedDevice, own: readonly string[]) => {
        const { requestId } = await askToPair(gateway, { device: self.device, scopes: own })
        const more = { requestId, expiresInMs: null }
        assert.equal((await self.client.fail('device.pair.approve', more)).message, OWN)
        await self.client.call('device.pair.approve', { requestId, expiresInMs: HOUR / 2 })
      },
      invitation: async (self: PairedDevice) => {
        const order = { scopes: ['operator.read'], tokenTtlMs: 2 * HOUR }
        const { secret } = await invite(self.client, { ...order, withCode: false })
        assert.equal(outcomeOf(await redeem(gateway, secret, { device: self.device })), INVALID)
      },
      confirmation: async (self: PairedDevice) => {
        const order = { scopes: ['operator.read'], tokenTtlMs: 2 * HOUR, confirm: true, withCode: false }
        const { id, secret } = await invite(self.client, order)
        await redeem(gateway, secret, { device: self.device })
        assert.equal((await self.client.fail('device.pair.confirm', { id })).message, OWN)
      },
    }
    for (const own of [scopes, ['operator.admin']]) {
      for (const tried of Object.values(tries)) {
        const self = await pair(gateway, { scopes: own, approval: { expiresInMs: HOUR }, ...US })
        await tried(self, own)
        const { paired } = await owner.call<DevicePairList>('device.pair.list')
        const row = paired.find(({ deviceId }) => deviceId === self.device.id)
        assert.ok(Number(row?.tokens[0]?.expiresAtMs) <= Number(self.hello.auth.expiresAtMs))
      }
    }
  })

  test('needs all that the token holds, and the session that it opens (T16)', async (t) => {
    const own = await openGateway(t, { config: { auth: { token: 'the-shared-token' } } })
    const wide = await pair(own, { scopes: ['operator.pairing', 'operator.approvals'] })
    const narrow = own.open()
    const client = { id: 'cli', mode: 'cli' }
    await narrow.hello({ client, auth: { token: 'the-shared-token' }, scopes: ['operator.pairing'], ...US })
    const params = { ...target(wide), expiresInMs: HOUR }
    assert.deepEqual(await narrow.fail('device.token.extend', params), DENIED)

    const bound = await pair(own, { scopes: ['operator.admin'], approval: { session: 'new' }, ...US })
    assert.deepEqual(await bound.client.fail('device.token.extend', params), DENIED)
  })

  test('never leaves the gateway without an admin that stays', async (t) => {
    const own = await openGateway(t)
    const first = await pair(own, { scopes: ['operator.admin'], ...US })
    const second = await pair(own, { scopes: ['operator.admin'], ...US })
    await extend(second.client, first, HOUR)
    const error = await first.client.fail('device.token.extend', { ...target(second), expiresInMs: HOUR })
    assert.equal(error.details?.['code'], 'LAST_ADMIN')
    const onHost = await own.owner()
    await extend(onHost, second, HOUR)
  })

  test('is in the log with both deadlines', async () => {
    const paired = await pair(gateway, { scopes, approval: { expiresInMs: HOUR } })
    const { expiresAtMs } = await extend(owner, paired, 5 * HOUR)
    const { events } = await owner.call<{ events: readonly AuditRow[] }>('audit.list', { limit: 1 })
    const [event] = events
    assert.equal(event?.kind, 'token-extended')
    assert.deepEqual([event.deviceId, event.role], [paired.device.id, 'operator'])
    assert.equal(event.after?.expiresAtMs, expiresAtMs)
    assert.ok(Number(event.before?.expiresAtMs) < Number(expiresAtMs))
  })

  test('is nothing that clients of OpenClaw are told of', async () => {
    const { client, hello } = await pair(gateway, { scopes: ['operator.admin'] })
    assert.equal(hello.features.methods.includes('device.token.extend'), false)
    const error = await client.fail('device.token.extend', {})
    assert.equal(error.message, 'unknown method: device.token.extend')
  })
})

test('a token that ran out works nowhere, not for the next rotation of its own, nor after the clock went back', async (t) => {
  const { time, timed, owner, paired, refusal } = await timedHouse(t)
  time.advance(HOUR)
  await expectClose(paired.client, 4001, 'token expired')
  assert.equal(
    (await owner.fail('device.token.rotate', target(paired))).message,
    'device token rotation denied',
  )
  time.jump(-10 * HOUR)
  const { requestId } = await askToPair(timed, {
    device: paired.device,
    scopes,
    auth: { deviceToken: paired.token },
    signedAt: Date.now(),
  })
  assert.ok(requestId)
  assert.equal((await refusal())?.['authReason'], 'token_expired')
})

test('the list tells our clients session and deadline of each token', async () => {
  const { device } = await pair(gateway, { scopes, approval: { expiresInMs: HOUR, session: 'new' } })
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  const [token] = paired.find(({ deviceId }) => deviceId === device.id)?.tokens ?? []
  assert.match(token?.session ?? '', /^device-/)
  assert.ok((token?.expiresAtMs ?? 0) > Date.now())
})
