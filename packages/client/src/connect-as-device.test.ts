import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOfTest } from '../test/device-of-test.ts'
import { ClientError } from './client-error.ts'
import { connectAsDevice } from './connect-as-device.ts'

test('the key alone fetches a freshly approved token, which is stored and used from then on', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId)

  const first = await connectAsDevice({ ...target, displayName: 'Desk' })
  const token = gateway.devices.get(deviceId)?.token ?? ''
  assert.equal(gateway.connects[0]?.auth, undefined)
  assert.equal(gateway.connects[0]?.client.displayName, 'Desk')
  assert.deepEqual(await storedToken(), {
    token,
    scopes: ['operator.read'],
    session: 'desk',
    expiresAtMs: 4_000_000_000_000,
    issuedAtMs: 1,
  })
  await first.close()

  const second = await connectAsDevice(target)
  assert.deepEqual(gateway.connects[1]?.auth, { token, deviceToken: token })
  assert.equal(second.hello.auth.method, 'device-token')
  await second.close()
})

test('an unpaired device is told which request an operator has to decide', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  await assert.rejects(connectAsDevice(target), (error) => {
    assert.ok(error instanceof ClientError)
    assert.equal(error.code, 'PAIRING_REQUIRED')
    assert.equal(error.errorCode, 'NOT_PAIRED')
    assert.equal(error.requestId, gateway.pending.get(deviceId))
    assert.equal(error.retryAfterMs, 10)
    assert.equal(error.shouldRetry(), false)
    return true
  })
})

test('a device that was approved for less than it asked asks for the narrower scopes afterwards', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  const wide = { ...target, scopes: ['operator.read', 'operator.pairing'] }
  gateway.approve(deviceId, ['operator.read'])

  const first = await connectAsDevice(wide)
  assert.deepEqual(first.hello.auth.scopes, ['operator.read'])
  assert.deepEqual((await storedToken())?.scopes, ['operator.read'])
  await first.close()

  const second = await connectAsDevice(wide)
  assert.deepEqual(gateway.connects[1]?.scopes, ['operator.read'])
  await second.close()
})

test('a connection may ask for fewer scopes than its token holds, and the stored grant stays whole', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId, ['operator.pairing', 'operator.read'])
  const connection = await connectAsDevice(target)
  assert.deepEqual(connection.hello.auth.scopes, ['operator.read'])
  assert.deepEqual((await storedToken())?.scopes, ['operator.pairing', 'operator.read'])
  await connection.close()
})

test('scopes granted since the last connect are used at once', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  const wide = { ...target, scopes: ['operator.read', 'operator.pairing'] }
  gateway.approve(deviceId, ['operator.read'])
  await (await connectAsDevice(wide)).close()

  gateway.devices.get(deviceId)?.scopes.push('operator.pairing')
  const connection = await connectAsDevice(wide)
  assert.deepEqual(connection.hello.auth.scopes, ['operator.read', 'operator.pairing'])
  await connection.close()
})

test('scopes taken away since the last connect do not lock the device out', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  const wide = { ...target, scopes: ['operator.read', 'operator.pairing'] }
  gateway.approve(deviceId, ['operator.read', 'operator.pairing'])
  await (await connectAsDevice(wide)).close()

  gateway.rotate(deviceId, ['operator.read'])
  const connection = await connectAsDevice(wide)
  assert.deepEqual(connection.hello.auth.scopes, ['operator.read'])
  assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  await connection.close()
})

test('the old token of a rotation fetches the new one, which replaces it', async (t) => {
  const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const before = await connectAsDevice(target)
  gateway.rotate(deviceId)
  assert.deepEqual(await before.closed, { code: 4001, reason: 'device removed' })

  const after = await connectAsDevice(target)
  assert.equal(after.hello.auth.deviceToken, gateway.devices.get(deviceId)?.token)
  assert.equal((await storedToken())?.token, gateway.devices.get(deviceId)?.token)
  await after.close()
})

test('a device that missed a rotation takes the token that another process of it was given', async (t) => {
  const { gateway, target, deviceId, storedToken, storeToken } = await deviceOfTest(t)
  gateway.approve(deviceId)
  await (await connectAsDevice(target)).close()
  const old = await storedToken()
  assert.ok(old)
  gateway.rotate(deviceId)
  await (await connectAsDevice(target)).close()
  await (await connectAsDevice(target)).close()
  const fresh = await storedToken()
  assert.ok(fresh)

  // This process read the store before the other one wrote it.
  let reads = 0
  const behind = {
    ...target.tokens,
    load: async () => {
      reads += 1
      return reads === 1 ? old : fresh
    },
  }
  const connection = await connectAsDevice({ ...target, tokens: behind })
  assert.equal(connection.hello.auth.deviceToken, fresh.token)
  assert.deepEqual(await storedToken(), fresh)
  await connection.close()
  await storeToken(fresh)
})

for (const why of ['token_revoked', 'token_removed', 'token_rotated', 'device_token_mismatch']) {
  test(`a token refused because of ${why} is forgotten`, async (t) => {
    const { gateway, target, deviceId, storedToken } = await deviceOfTest(t)
    gateway.approve(deviceId)
    const connection = await connectAsDevice(target)
    gateway.revoke(deviceId, why)
    await connection.closed

    await assert.rejects(connectAsDevice(target), (error) => {
      assert.ok(error instanceof ClientError)
      assert.equal(error.code, 'AUTH_DEVICE_TOKEN_MISMATCH')
      assert.equal(error.details['authReason'], why)
      assert.equal(error.shouldRetry(), false)
      return true
    })
    assert.equal(await storedToken(), undefined)
    await assert.rejects(connectAsDevice(target), { code: 'PAIRING_REQUIRED' })
  })
}

test('a shared secret goes before the stored token and brings all scopes that are asked for', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.sharedToken = 'shared'
  gateway.approve(deviceId, ['operator.read', 'operator.pairing'])
  const connection = await connectAsDevice({ ...target, token: 'shared', scopes: ['operator.pairing'] })
  assert.deepEqual(gateway.connects[0]?.auth, { token: 'shared' })
  assert.deepEqual(connection.hello.auth.scopes, ['operator.pairing'])
  await connection.close()
})

test('a shared secret that is out of date gives way to the stored token', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.sharedToken = 'new'
  gateway.approve(deviceId)
  await (await connectAsDevice(target)).close()
  const connection = await connectAsDevice({ ...target, token: 'old' })
  assert.equal(connection.hello.auth.method, 'device-token')
  await connection.close()
})

test('a password is sent but never signed', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const connection = await connectAsDevice({ ...target, password: 'secret' })
  assert.deepEqual(gateway.connects[0]?.auth, { password: 'secret' })
  await connection.close()
})

test('a token of one gateway is never shown to another', async (t) => {
  const one = await deviceOfTest(t)
  const other = await deviceOfTest(t)
  one.gateway.approve(one.deviceId)
  await (await connectAsDevice(one.target)).close()
  await assert.rejects(connectAsDevice({ ...one.target, url: other.gateway.url }), {
    code: 'PAIRING_REQUIRED',
  })
  assert.equal(other.gateway.connects[0]?.auth, undefined)
})

test('a token that cannot be stored ends the connection instead of being lost in silence', async (t) => {
  const { gateway, target, deviceId } = await deviceOfTest(t)
  gateway.approve(deviceId)
  const tokens = { ...target.tokens, save: () => Promise.reject(new Error('disk full')) }
  await assert.rejects(connectAsDevice({ ...target, tokens }), { message: 'disk full' })
  assert.equal(gateway.devices.get(deviceId)?.presented, false)
})
