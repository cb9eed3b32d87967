import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DevicePairList, RotateResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { approve, askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const auth = { token: TOKEN }
const gateway = await openGateway({ after }, { config: { auth, limits: { pendingInAll: 10_000 } } })
const owner = await gateway.owner()
const scopes = ['operator.read']

const rotate = (device: TestDevice, params: object = {}) =>
  owner.call<RotateResult>('device.token.rotate', { deviceId: device.id, role: 'operator', ...params })
const revoke = (device: TestDevice) =>
  owner.call<{ revokedAtMs: number }>('device.token.revoke', { deviceId: device.id, role: 'operator' })
const remove = (device: TestDevice) => owner.call('device.pair.remove', { deviceId: device.id })

async function pairedRow({ id }: TestDevice) {
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  return paired.find((row) => row.deviceId === id)
}

describe('a rotation', () => {
  test('by an operator tells the operator no secret (T18)', async () => {
    const { device } = await pair(gateway, { scopes })
    const { rotatedAtMs, ...result } = await rotate(device)

    assert.deepEqual(result, {
      deviceId: device.id,
      role: 'operator',
      scopes,
      tokenDelivery: 'withheld-cross-device',
    })
    assert.equal((await pairedRow(device))?.tokens[0]?.rotatedAtMs, rotatedAtMs)
  })

  test('by the device itself tells it the new secret, on its own connection only (T18)', async () => {
    const { device, token, client } = await pair(gateway, { scopes: ['operator.pairing'] })
    const result = await client.call<RotateResult>('device.token.rotate', {
      deviceId: device.id,
      role: 'operator',
    })

    assert.equal(result.tokenDelivery, 'in-band')
    assert.notEqual(result.token, token)
    await expectClose(client, 4001, 'device removed')
    await connectPaired(gateway, { device, token: String(result.token) })
  })

  test('that the device was told in-band is a telling: beside the shared secret it asks for what it gave up', async () => {
    const wide = ['operator.pairing', 'operator.read']
    const { device, client } = await pair(gateway, { scopes: wide })
    const { token } = await client.call<RotateResult>('device.token.rotate', {
      deviceId: device.id,
      role: 'operator',
      scopes: ['operator.pairing'],
    })
    await expectClose(client, 4001, 'device removed')

    const { error } = await askToPair(gateway, { device, auth, scopes: wide })
    assert.equal(error.details?.['reason'], 'scope-upgrade')
    // And what it holds is still good.
    await connectPaired(gateway, { device, token: String(token), scopes: ['operator.pairing'] })
  })

  test('by an admin device of another one tells it nothing, and of its own node role neither (T18)', async () => {
    const { device, client } = await pair(gateway, { scopes: ['operator.admin'] })
    const { token: nodeToken } = await pair(gateway, { device, role: 'node' })
    const other = await pair(gateway, { scopes })
    for (const params of [
      { deviceId: other.device.id, role: 'operator' },
      { deviceId: device.id, role: 'node' },
    ]) {
      const result = await client.call<RotateResult>('device.token.rotate', params)
      assert.equal(result.tokenDelivery, 'withheld-cross-device')
      assert.equal('token' in result, false)
    }
    const { hello } = await connectPaired(gateway, { device, role: 'node', token: nodeToken })
    assert.notEqual(hello.auth.deviceToken, nodeToken)
  })

  test('leaves the old secret good for fetching the new one, until that was proved', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await rotate(device)
    const fetched = await connectPaired(gateway, { device, token, scopes })
    const again = await connectPaired(gateway, { device, token, scopes })
    const fresh = String(fetched.hello.auth.deviceToken)
    assert.notEqual(fresh, token)
    assert.equal(again.hello.auth.deviceToken, fresh)

    await connectPaired(gateway, { device, token: fresh, scopes })
    const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.equal(error.details?.['authReason'], 'token_rotated')
  })

  test('twice in a row does not lock the device out', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await rotate(device)
    await rotate(device)
    const { hello } = await connectPaired(gateway, { device, token, scopes })
    await connectPaired(gateway, { device, token: String(hello.auth.deviceToken), scopes })
  })

  test('does not hand the new secret to the old one in the hands of another key', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await rotate(device)
    const error = await refusedConnect(gateway, { device: makeDevice(), auth: { deviceToken: token } })
    assert.equal(error.details?.['authReason'], 'device_token_mismatch')
  })

  test('may narrow the scopes, widen them again within what was approved, and empty them (T16)', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.write', 'operator.pairing'] })
    assert.deepEqual((await rotate(device, { scopes: ['operator.read'] })).scopes, ['operator.read'])
    const narrowed = await connectPaired(gateway, { device, token, scopes: ['operator.write'] })
    assert.deepEqual(narrowed.hello.auth.scopes, ['operator.read'])
    await narrowed.client.end()

    assert.deepEqual((await rotate(device, { scopes: ['operator.write'] })).scopes, ['operator.write'])
    assert.deepEqual((await rotate(device, { scopes: [] })).scopes, [])
    for (const wide of [['operator.admin'], ['operator.approvals'], ['made.up'], ['operator.write', '']]) {
      const { message } = await owner.fail('device.token.rotate', {
        deviceId: device.id,
        role: 'operator',
        scopes: wide,
      })
      assert.match(message, /^(device token rotation denied|invalid device\.token\.rotate params: )/)
    }
  })

  test('needs the ceiling of the token before and after (T16)', async () => {
    const { device } = await pair(gateway, { scopes: ['operator.write'] })
    const client = gateway.open()
    await client.hello({
      client: { id: 'cli', mode: 'cli' },
      auth,
      scopes: ['operator.pairing', 'operator.read'],
    })
    for (const params of [{}, { scopes: [] }, { scopes: ['operator.read'] }]) {
      const target = { deviceId: device.id, role: 'operator' }
      const error = await client.fail('device.token.rotate', { ...target, ...params })
      assert.equal(error.message, 'device token rotation denied')
    }
  })

  test('of what does not exist is denied in one text', async () => {
    const { device } = await pair(gateway)
    for (const params of [
      { deviceId: 'f'.repeat(64), role: 'operator' },
      { deviceId: 'short', role: 'operator' },
      { deviceId: device.id, role: 'node' },
      { deviceId: device.id, role: 'admin' },
    ]) {
      for (const [method, what] of [
        ['rotate', 'rotation'],
        ['revoke', 'revocation'],
      ]) {
        const error = await owner.fail(`device.token.${method}`, params)
        assert.deepEqual(error, { code: 'INVALID_REQUEST', message: `device token ${what} denied` })
      }
    }
  })
})

describe('a revoked token', () => {
  test('is shown as revoked, and the device keeps its row', async () => {
    const { device } = await pair(gateway, { scopes })
    const { revokedAtMs } = await revoke(device)
    const row = await pairedRow(device)

    assert.deepEqual(row?.roles, [])
    assert.deepEqual(row?.scopes, [])
    assert.equal(row?.tokens[0]?.revokedAtMs, revokedAtMs)
  })

  test('stays revoked when it is revoked again, since the first time', async () => {
    const { device } = await pair(gateway, { scopes })
    const first = await revoke(device)
    assert.deepEqual(await revoke(device), first)
  })

  test('is not brought back by a rotation', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await revoke(device)
    const params = { deviceId: device.id, role: 'operator' }
    assert.equal((await owner.fail('device.token.rotate', params)).message, 'device token rotation denied')
    assert.equal(
      (await owner.fail('device.token.rotate', { ...params, scopes: [] })).message,
      'device token rotation denied',
    )
    const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.equal(error.details?.['authReason'], 'token_revoked')
  })

  test('and a rotation before it: neither the old nor the new secret opens anything (T24)', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await rotate(device)
    const { hello } = await connectPaired(gateway, { device, token, scopes })
    await revoke(device)
    for (const dead of [token, String(hello.auth.deviceToken)]) {
      const error = await refusedConnect(gateway, { device, auth: { deviceToken: dead } })
      assert.equal(error.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
    }
  })

  test('lets the device in by no way: dead token, key, shared secret, all wait for an approval (T23, T24)', async () => {
    const { device, token } = await pair(gateway, { scopes })
    await revoke(device)

    const dead = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
    assert.equal(dead.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
    for (const options of [{}, { auth }, { auth, client: { id: 'cli', mode: 'cli' } }]) {
      const { error } = await askToPair(gateway, { device, scopes, ...options })
      assert.equal(error.details?.['reason'], 'role-upgrade')
      assert.deepEqual(error.details?.['approvedRoles'], [])
    }
  })

  test('is replaced, never revived, by a new approval', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.read', 'operator.approvals'] })
    await revoke(device)
    const { requestId } = await askToPair(gateway, { device, scopes })
    await approve(gateway, requestId)
    const hello = await gateway.open().hello({ device, scopes, extended: true })

    assert.notEqual(hello.auth.deviceToken, token)
    assert.deepEqual(hello.auth.tokenScopes, scopes)
    const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.equal(error.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
  })

  test('takes the open requests of its device along (T25)', async () => {
    const { device } = await pair(gateway, { scopes })
    const { requestId } = await askToPair(gateway, { device, auth, scopes: ['operator.admin'] })
    await revoke(device)
    const { payload } = await owner.nextEvent('device.pair.resolved', (row) => row['requestId'] === requestId)

    assert.equal(payload['decision'], 'rejected')
    const error = await owner.fail('device.pair.approve', { requestId })
    assert.deepEqual(error.details, { code: 'REQUEST_DECIDED' })
  })

  test('of one role leaves the other role alone', async () => {
    const { device } = await pair(gateway, { scopes })
    const node = await pair(gateway, { device, role: 'node' })
    await revoke(device)

    assert.equal((await node.client.request('health')).ok, true)
    await connectPaired(gateway, { device, role: 'node', token: node.token })
    assert.deepEqual((await pairedRow(device))?.roles, ['node'])
  })
})

describe('a removed device', () => {
  test('starts anew like any stranger (T25)', async () => {
    const { device, token } = await pair(gateway, { scopes, client: { displayName: 'Old' } })
    await owner.call('device.pair.rename', { deviceId: device.id, label: 'Mine' })
    await remove(device)
    assert.equal(await pairedRow(device), undefined)

    const dead = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.equal(dead.details?.['authReason'], 'token_removed')
    for (const options of [{}, { auth }]) {
      const { error } = await askToPair(gateway, { device, scopes, ...options })
      assert.equal(error.details?.['reason'], 'not-paired')
      assert.equal('approvedRoles' in (error.details ?? {}), false)
    }
    const again = await pair(gateway, { device, scopes })
    assert.notEqual(again.token, token)
    assert.equal((await pairedRow(device))?.operatorLabel, undefined)
  })

  test('leaves no open request that could bring it back (T25)', async () => {
    const { device } = await pair(gateway, { scopes })
    const upgrade = await askToPair(gateway, { device, auth, scopes: ['operator.admin'] })
    const node = await askToPair(gateway, { device, role: 'node' })
    await remove(device)

    for (const { requestId } of [upgrade, node]) {
      const error = await owner.fail('device.pair.approve', { requestId })
      assert.deepEqual(error.details, { code: 'REQUEST_DECIDED' })
    }
    const { pending } = await owner.call<DevicePairList>('device.pair.list')
    assert.ok(pending.every((row) => row.deviceId !== device.id))
  })

  test('is removed once', async () => {
    const { device } = await pair(gateway)
    await remove(device)
    assert.equal(
      (await owner.fail('device.pair.remove', { deviceId: device.id })).message,
      'unknown deviceId',
    )
  })
})

describe('a token with a deadline', () => {
  test('closes its connections when it runs out, and asks for a renewal', async (context) => {
    const time = holdTime(context)
    const timed = await openGateway(context)
    const { device, token, client } = await pair(timed, { scopes, approval: { expiresInMs: 60_000 } })
    time.advance(60_000)
    await expectClose(client, 4001, 'token expired')

    const { requestId, error } = await askToPair(timed, {
      device,
      scopes,
      auth: { deviceToken: token },
      extended: true,
    })
    assert.equal(error.message, 'pairing required: device token has expired and asks to be renewed')
    assert.equal(error.details?.['authReason'], 'token_expired')
    await approve(timed, requestId)
    const renewed = await connectPaired(timed, { device, token, scopes, extended: true })
    assert.equal(renewed.hello.auth.deviceToken, token)
    assert.equal(renewed.hello.auth.expiresAtMs, Date.now() + 60_000)
  })

  test('serves and tells nothing from its last millisecond on', async (context) => {
    const time = holdTime(context)
    const timed = await openGateway(context)
    const { client } = await pair(timed, {
      scopes: ['operator.admin'],
      approval: { expiresInMs: 60_000 },
    })
    time.advance(59_999)
    await client.call('device.pair.list')
    time.advance(1)
    await askToPair(timed, { device: makeDevice() })
    const id = client.post('device.pair.list')
    await expectClose(client, 4001, 'token expired')

    assert.equal(
      client.received.some((frame) => 'id' in frame && frame.id === id),
      false,
    )
    assert.deepEqual(client.events('device.pair.requested'), [])
  })

  test('that is set on a token closes what is open on it', async () => {
    const { device, client } = await pair(gateway, { scopes })
    const { requestId } = await askToPair(gateway, { device, auth, scopes: ['operator.write'] })
    await approve(gateway, requestId, { expiresInMs: 3_600_000 })
    await expectClose(client, 4001, 'device removed')
  })
})

test('a token works for weeks and over any number of connects, always the same one', async (context) => {
  const time = holdTime(context)
  const timed = await openGateway(context)
  const { device, token } = await pair(timed, { scopes })
  for (const days of [1, 29, 31, 365]) {
    time.advance(days * 86_400_000)
    const { hello, client } = await connectPaired(timed, { device, token, scopes })
    assert.equal(hello.auth.deviceToken, token)
    await client.end()
  }
})

test('a secret that a rotation left behind fetches for thirty days and not longer', async (context) => {
  const time = holdTime(context)
  const timed = await openGateway(context)
  const late = await pair(timed, { scopes })
  const early = await pair(timed, { scopes })
  const timedOwner = await timed.owner()
  for (const { device } of [late, early]) {
    await timedOwner.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
  }
  time.advance(30 * 86_400_000 - 1)
  await connectPaired(timed, { device: early.device, token: early.token, scopes })
  time.advance(1)
  const error = await refusedConnect(timed, { device: late.device, auth: { deviceToken: late.token } })
  assert.equal(error.details?.['authReason'], 'token_rotated')
})
