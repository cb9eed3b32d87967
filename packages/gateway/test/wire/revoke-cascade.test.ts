import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { DevicePairList, RevokeResult } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { invite, outcomeOf, redeem } from '../invitations/invite.ts'

const US = { extended: true }
const ADMIN = ['operator.admin']
const READ = ['operator.read']

interface LetIn {
  readonly scopes?: readonly string[]
  readonly role?: 'node'
  readonly session?: string
}

/** A device that `by` has let in. */
async function letIn(gateway: GatewayOfTest, by: WireClient, wanted: LetIn = {}): Promise<PairedDevice> {
  const { scopes = READ, role, session } = wanted
  const ask = { device: makeDevice(), ...(role ? { role } : { scopes }), ...US }
  const { requestId } = await askToPair(gateway, ask)
  await by.call('device.pair.approve', { requestId, ...(session && { session }) })
  const client = gateway.open()
  const hello = await client.hello(ask)
  return { device: ask.device, client, hello, token: String(hello.auth.deviceToken) }
}

async function house(context: TestContext) {
  const gateway = await openGateway(context)
  const [keeper, stolen] = [
    await pair(gateway, { scopes: ADMIN, ...US }),
    await pair(gateway, { scopes: ADMIN, ...US }),
  ]
  const revoke = (by: WireClient, { device }: PairedDevice, cascade?: boolean) =>
    by.call<RevokeResult>('device.token.revoke', {
      deviceId: device.id,
      role: 'operator',
      ...(cascade && { cascade }),
    })
  return { gateway, keeper, stolen, revoke }
}

const ids = (list: RevokeResult['standing'] = []) => list.map(({ deviceId }) => deviceId).toSorted()
const idsOf = (...devices: PairedDevice[]) => devices.map(({ device }) => device.id).toSorted()

describe('what a revoked operator had let in', () => {
  test('is told, and stands until somebody takes it along', async (t) => {
    const { gateway, keeper, stolen, revoke } = await house(t)
    const phone = await letIn(gateway, stolen.client)
    const second = await letIn(gateway, stolen.client, { scopes: ADMIN })
    const third = await letIn(gateway, second.client, { role: 'node' })
    const own = await letIn(gateway, keeper.client)

    const first = await revoke(keeper.client, stolen)
    assert.deepEqual(ids(first.standing), idsOf(phone, second, third))
    assert.equal(first.taken, undefined)
    await phone.client.call('health')

    const again = await revoke(keeper.client, stolen, true)
    assert.equal(again.revokedAtMs, first.revokedAtMs)
    assert.deepEqual(ids(again.taken), idsOf(phone, second, third))
    for (const { client } of [phone, second, third]) await expectClose(client, 4001, 'device removed')
    await own.client.call('health')
    assert.deepEqual(await revoke(keeper.client, stolen, true), {
      deviceId: stolen.device.id,
      role: 'operator',
      revokedAtMs: first.revokedAtMs,
    })
  })

  test('counts by invitation as well, and not when somebody else has approved it since', async (t) => {
    const { gateway, keeper, stolen, revoke } = await house(t)
    const guest = makeDevice()
    const { code } = await invite(stolen.client, { scopes: READ })
    assert.equal(outcomeOf(await redeem(gateway, code, { device: guest, scopes: READ })), 'ok')
    const vouched = await letIn(gateway, stolen.client)
    const { requestId } = await askToPair(gateway, { device: vouched.device, role: 'node' })
    await keeper.client.call('device.pair.approve', { requestId })

    const { taken } = await revoke(keeper.client, stolen, true)
    assert.deepEqual(ids(taken), [guest.id])
    await vouched.client.call('health')
  })

  test('never takes along whoever says so, nor the last admin', async (t) => {
    const { gateway, keeper, stolen, revoke } = await house(t)
    const heir = await letIn(gateway, stolen.client, { scopes: ADMIN })
    const below = await letIn(gateway, heir.client)
    assert.deepEqual(await revoke(heir.client, keeper), {
      deviceId: keeper.device.id,
      role: 'operator',
      revokedAtMs: (await revoke(heir.client, keeper)).revokedAtMs,
    })
    const { taken } = await revoke(heir.client, stolen, true)
    assert.equal(taken, undefined)
    await heir.client.call('health')
    await below.client.call('health')
    assert.deepEqual(
      await heir.client.fail('device.token.revoke', {
        deviceId: heir.device.id,
        role: 'operator',
        cascade: true,
      }),
      {
        code: 'FORBIDDEN',
        message: 'no other admin would be left; use the gateway host for this',
        details: { code: 'LAST_ADMIN' },
      },
    )
    await below.client.call('health')
  })

  test('stays untold and untouched where it is none of the business of who asks', async (t) => {
    const { gateway, stolen, revoke } = await house(t)
    const inSession = await pair(gateway, { scopes: ADMIN, approval: { session: 'new' }, ...US })
    const key = String(inSession.hello.auth.session)
    const mine = await letIn(gateway, stolen.client, { scopes: ADMIN, session: key })
    const beside = await letIn(gateway, mine.client, { session: key })
    const foreign = await letIn(gateway, stolen.client, { session: 'new' })
    assert.deepEqual(ids((await revoke(inSession.client, mine, true)).taken), idsOf(beside))
    assert.equal(
      (
        await inSession.client.fail('device.token.revoke', {
          deviceId: stolen.device.id,
          role: 'operator',
          cascade: true,
        })
      ).message,
      'device token revocation denied',
    )
    await foreign.client.call('health')
  })

  test('is nothing that clients of OpenClaw are told of, and they may take it along', async (t) => {
    const { gateway, stolen } = await house(t)
    const phone = await letIn(gateway, stolen.client)
    const plain = await pair(gateway, { scopes: ADMIN })
    const target = { deviceId: stolen.device.id, role: 'operator', cascade: true }
    const result = await plain.client.call<RevokeResult>('device.token.revoke', target)
    assert.deepEqual(Object.keys(result).toSorted(), ['deviceId', 'revokedAtMs', 'role'])
    await expectClose(phone.client, 4001, 'device removed')
  })

  test('goes in one transaction: all of it is in the log, and none of it comes back', async (t) => {
    const { gateway, keeper, stolen, revoke } = await house(t)
    const phone = await letIn(gateway, stolen.client)
    await revoke(keeper.client, stolen, true)
    const { paired } = await keeper.client.call<DevicePairList>('device.pair.list')
    for (const { device } of [stolen, phone]) {
      const row = paired.find(({ deviceId }) => deviceId === device.id)
      assert.ok(row?.tokens.every(({ revokedAtMs }) => revokedAtMs !== undefined))
    }
    const { events } = await keeper.client.call<{ events: { kind: string; deviceId?: string }[] }>(
      'audit.list',
      {
        limit: 2,
      },
    )
    assert.deepEqual(
      events.map(({ kind, deviceId }) => [kind, deviceId]),
      [
        ['token-revoked', phone.device.id],
        ['token-revoked', stolen.device.id],
      ],
    )
    await assert.rejects(connectPaired(gateway, { device: phone.device, token: phone.token, scopes: READ }))
  })
})
