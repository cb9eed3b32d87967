import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { DevicePairList, TokenRow } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdSweepers, holdTime } from '../harness/hold-time.ts'
import {
  approve,
  askToPair,
  connectPaired,
  type PairedDevice,
  pair,
  refusedConnect,
} from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'
import { INVALID, type Invited, invite, outcomeOf, redeem } from '../invitations/invite.ts'
import { changeConfig } from '../settings/rewrite-config.ts'

const scopes = ['operator.read', 'operator.pairing']
const US = { extended: true }
const HOUR = 3_600_000
const DAY = 24 * HOUR

async function tokenOf(gateway: GatewayOfTest, { device }: PairedDevice): Promise<TokenRow | undefined> {
  const owner = await gateway.owner()
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  await owner.end()
  return paired.find(({ deviceId }) => deviceId === device.id)?.tokens[0]
}

describe('the lifetime of the settings', () => {
  const config = { pairing: { tokenTtl: '30d' } }

  test('is that of every token that is granted without one', async (t) => {
    const gateway = await openGateway(t, { config })
    const [plain, short, endless] = [
      await pair(gateway, { scopes }),
      await pair(gateway, { scopes, approval: { expiresInMs: HOUR } }),
      await pair(gateway, { scopes, approval: { expiresInMs: null } }),
    ]
    const left = async (paired: PairedDevice) => {
      const token = await tokenOf(gateway, paired)
      return token?.expiresAtMs && token.expiresAtMs - token.createdAtMs
    }
    assert.deepEqual([await left(plain), await left(short), await left(endless)], [30 * DAY, HOUR, undefined])
  })

  test('is never that of an admin beside whom no other one stays', async (t) => {
    const gateway = await openGateway(t, { config })
    const admin = () => pair(gateway, { scopes: ['operator.admin'] })
    const first = await admin()
    assert.equal((await tokenOf(gateway, first))?.expiresAtMs, undefined)
    assert.ok((await tokenOf(gateway, await admin()))?.expiresAtMs)

    const owner = await gateway.owner()
    await owner.call('device.pair.remove', { deviceId: first.device.id })
    assert.equal((await tokenOf(gateway, await admin()))?.expiresAtMs, undefined)
  })

  test('changes nothing about a token that stands, not by an upgrade either', async (t) => {
    const auth = { token: 'the-shared-token' }
    const gateway = await openGateway(t, { config: { auth } })
    const paired = await pair(gateway, { scopes })
    await changeConfig(gateway, { auth, ...config })
    const more = [...scopes, 'operator.approvals']
    const { requestId } = await askToPair(gateway, { device: paired.device, auth, scopes: more })
    await approve(gateway, requestId)
    assert.equal((await tokenOf(gateway, paired))?.expiresAtMs, undefined)
    await paired.client.call('device.pair.list')
  })
})

describe('the session of the settings', () => {
  test('is a new one for each device, unless they say main: then all share that', async (t) => {
    const gateway = await openGateway(t)
    const session = async () => (await tokenOf(gateway, await pair(gateway, { scopes })))?.session
    const own = await session()
    assert.notEqual(own, await session())
    await changeConfig(gateway, { pairing: { defaultSession: 'main' } })
    assert.deepEqual([await session(), await session()], ['main', 'main'])

    await changeConfig(gateway, { pairing: { defaultSession: own } })
    assert.equal(await session(), own)
    const admin = await pair(gateway, { scopes: ['operator.admin'] })
    assert.equal((await tokenOf(gateway, admin))?.session, '*')
  })

  test('has to be there: else nothing is approved, and who approves reads what to do', async (t) => {
    const gateway = await openGateway(t, { config: { pairing: { defaultSession: 'work' } } })
    const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes })
    const owner = await gateway.owner()
    const { message } = await owner.fail('device.pair.approve', { requestId })
    assert.match(message, /^gateway\.pairing\.defaultSession names a session that there is not: work;/)
    await owner.call('device.pair.approve', { requestId, session: 'new' })
  })
})

describe('a token that lies unused', () => {
  async function idleHouse(t: TestContext) {
    const time = holdTime(t)
    const sweep = holdSweepers(t)
    const gateway = await openGateway(t, { config: { pairing: { idleTtl: '30d' } } })
    const paired = await pair(gateway, { scopes })
    const again = () =>
      connectPaired(gateway, {
        device: paired.device,
        token: paired.token,
        scopes,
        signedAt: Date.now(),
        ...US,
      })
    const refusal = async () => {
      const auth = { deviceToken: paired.token }
      const signedAt = Date.now()
      return (await refusedConnect(gateway, { device: paired.device, scopes, auth, signedAt, ...US })).details
    }
    /** What is written from time to time is there when a write behind it is. */
    const written = async () => {
      sweep()
      await askToPair(gateway, { device: makeDevice(), signedAt: Date.now() })
    }
    return { time, gateway, paired, again, refusal, written }
  }

  test('runs out, asks for a renewal, and goes on with the same secret', async (t) => {
    const { time, gateway, paired, again, refusal, written } = await idleHouse(t)
    await paired.client.end()
    await written()
    time.advance(30 * DAY - 1)
    await (await again()).client.end()
    await written()
    time.advance(30 * DAY)
    const details = await refusal()
    assert.deepEqual([details?.['code'], details?.['authReason']], ['PAIRING_REQUIRED', 'token_expired'])
    const owner = await gateway.owner()
    const target = { deviceId: paired.device.id, role: 'operator' }
    assert.equal((await owner.fail('device.token.rotate', target)).message, 'device token rotation denied')

    await approve(gateway, String(details?.['requestId']))
    assert.equal((await again()).hello.auth.deviceToken, paired.token)
  })

  test('is in use as long as a connection stands, also if nothing is said over it', async (t) => {
    const { time, paired, again, written } = await idleHouse(t)
    for (let days = 0; days < 3; days += 1) {
      time.advance(20 * DAY)
      await written()
    }
    const { client } = await again()
    await client.end()
    await paired.client.call('device.pair.list')
  })

  test('is given time by an extension, which counts as use', async (t) => {
    const { time, gateway, paired, again, written } = await idleHouse(t)
    await paired.client.end()
    await written()
    time.advance(40 * DAY)
    const owner = await gateway.owner()
    await owner.call('device.token.extend', {
      deviceId: paired.device.id,
      role: 'operator',
      expiresInMs: null,
    })
    assert.ok(Number((await tokenOf(gateway, paired))?.idleExpiresAtMs) > Date.now())
    await again()
  })

  test('has not run out when the rule begins while it is connected', async (t) => {
    const { time, gateway, paired, again } = await idleHouse(t)
    await changeConfig(gateway, {})
    time.advance(90 * DAY)
    await changeConfig(gateway, { pairing: { idleTtl: '24h' } })
    await paired.client.call('device.pair.list')
    await again()
  })

  test('lets nobody in by what it has handed out, unless its connection stands', async (t) => {
    const { time, gateway, paired, written } = await idleHouse(t)
    await changeConfig(gateway, { pairing: { idleTtl: '2h' } })
    const admin = await pair(gateway, { scopes: ['operator.admin'], signedAt: Date.now(), ...US })
    const invited = () => invite(admin.client, { ttlMs: DAY })
    const [first, second] = [await invited(), await invited()]
    const outcome = async ({ secret }: Invited) =>
      outcomeOf(await redeem(gateway, secret, { device: makeDevice(), signedAt: Date.now() }))
    for (let passed = 0; passed < 4; passed += 1) {
      time.advance(HOUR)
      await written()
    }
    assert.equal(await outcome(first), 'ok')

    await admin.client.end()
    await paired.client.end()
    time.advance(2 * HOUR)
    assert.equal(await outcome(second), INVALID)
  })

  test('does not come back to life when the clock goes back', async (t) => {
    const { time, paired, written, refusal } = await idleHouse(t)
    await paired.client.end()
    await written()
    time.advance(30 * DAY)
    assert.equal((await refusal())?.['authReason'], 'token_expired')
    time.jump(-29 * DAY)
    assert.equal((await refusal())?.['authReason'], 'token_expired')
  })
})

test('a token that runs out within a week is told in the log, once a day, until it is given time', async (t) => {
  const time = holdTime(t)
  const sweep = holdSweepers(t)
  const gateway = await openGateway(t)
  const paired = await pair(gateway, { scopes, approval: { expiresInMs: 8 * DAY } })
  await pair(gateway, { scopes })
  const told = async () => {
    sweep()
    // What was read for it has been read when a write behind it is done.
    await askToPair(gateway, { device: makeDevice() })
    return gateway.logged
      .map((line): Record<string, unknown> => JSON.parse(line))
      .filter(({ msg }) => msg === 'a token runs out in less than a week')
      .map(({ level, deviceId, role, expiresAtMs }) => [level, deviceId, role, expiresAtMs])
  }
  assert.deepEqual(await told(), [])
  const line = ['warn', paired.device.id, 'operator', (await tokenOf(gateway, paired))?.expiresAtMs]
  time.advance(DAY)
  assert.deepEqual(await told(), [line])
  time.advance(DAY - 1)
  assert.deepEqual(await told(), [line])
  time.advance(1)
  assert.deepEqual(await told(), [line, line])

  const owner = await gateway.owner()
  const target = { deviceId: paired.device.id, role: 'operator' }
  await owner.call('device.token.extend', { ...target, expiresInMs: 30 * DAY })
  time.advance(DAY)
  assert.equal((await told()).length, 2)
  await owner.call('device.token.extend', { ...target, expiresInMs: 2 * DAY })
  assert.equal((await told()).length, 3)
  await owner.call('device.token.revoke', target)
  time.advance(DAY)
  assert.equal((await told()).length, 3)
})

test('what runs out while it is remembered is not let in on that', async (t) => {
  const time = holdTime(t)
  const gateway = await openGateway(t)
  const { device, token, client } = await pair(gateway, { scopes, approval: { expiresInMs: HOUR } })
  await connectPaired(gateway, { device, token, scopes })
  time.advance(HOUR)
  const error = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token }, ...US })
  assert.equal(error.details?.['authReason'], 'token_expired')
  await expectClose(client, 4001, 'token expired')
})
