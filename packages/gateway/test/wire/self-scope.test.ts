import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { eventually } from '../harness/within.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway(
  { after },
  { config: { auth: { token: TOKEN }, limits: { pendingInAll: 10_000 } } },
)
const operator = () => pair(gateway, { scopes: ['operator.pairing'] })
const nobody = 'f'.repeat(64)

describe('a device with the pairing scope and without admin (T17)', () => {
  test('sees its own rows only', async () => {
    const { device, client } = await operator()
    await pair(gateway)
    await askToPair(gateway, { device: makeDevice() })
    const { requestId } = await askToPair(gateway, { device, role: 'node' })
    const { pending, paired } = await client.call<DevicePairList>('device.pair.list')

    assert.deepEqual(
      pending.map((row) => row.requestId),
      [requestId],
    )
    assert.deepEqual(
      paired.map((row) => row.deviceId),
      [device.id],
    )
  })

  test('is told the same of a foreign request as of one that does not exist', async () => {
    const { client } = await operator()
    const { requestId } = await askToPair(gateway, { device: makeDevice() })
    for (const id of [requestId, 'made-up']) {
      assert.deepEqual(await client.fail('device.pair.approve', { requestId: id }), {
        code: 'INVALID_REQUEST',
        message: 'device pairing approval denied',
      })
      assert.deepEqual(await client.fail('device.pair.reject', { requestId: id }), {
        code: 'INVALID_REQUEST',
        message: 'device pairing rejection denied',
      })
    }
  })

  test('is told the same of a foreign device as of one that does not exist', async () => {
    const { client } = await operator()
    const other = await operator()
    const table = {
      'device.pair.rename': ['device pairing rename denied', { label: 'x' }],
      'device.pair.remove': ['device pairing removal denied', {}],
      'device.token.rotate': ['device token rotation denied', { role: 'operator' }],
      'device.token.revoke': ['device token revocation denied', { role: 'operator' }],
    } as const
    for (const [method, [message, params]] of Object.entries(table)) {
      for (const deviceId of [other.device.id, nobody]) {
        assert.deepEqual(await client.fail(method, { deviceId, ...params }), {
          code: 'INVALID_REQUEST',
          message,
        })
      }
    }
    assert.ok(other.client.isOpen)
  })

  test('may rename, rotate, revoke and remove itself', async () => {
    const renaming = await operator()
    const deviceId = renaming.device.id
    assert.deepEqual(await renaming.client.call('device.pair.rename', { deviceId, label: '  Desk ' }), {
      deviceId,
      label: 'Desk',
    })
    const { paired } = await renaming.client.call<DevicePairList>('device.pair.list')
    assert.equal(paired[0]?.operatorLabel, 'Desk')
    await renaming.client.call('device.token.rotate', { deviceId, role: 'operator' })

    const revoking = await operator()
    await revoking.client.call('device.token.revoke', { deviceId: revoking.device.id, role: 'operator' })
    const removing = await operator()
    await removing.client.call('device.pair.remove', { deviceId: removing.device.id })
  })

  test('may reject its own request', async () => {
    const { device, client } = await operator()
    const { requestId } = await askToPair(gateway, { device, role: 'node' })
    assert.deepEqual(await client.call('device.pair.reject', { requestId }), {
      requestId,
      deviceId: device.id,
    })
  })

  test('may touch no node role, not even its own', async () => {
    const { device, client, token } = await operator()
    await pair(gateway, { device, role: 'node' })
    const params = { deviceId: device.id, role: 'node' }

    assert.equal((await client.fail('device.token.rotate', params)).message, 'device token rotation denied')
    assert.equal((await client.fail('device.token.revoke', params)).message, 'device token revocation denied')
    const remove = await client.fail('device.pair.remove', { deviceId: device.id })
    assert.equal(remove.message, 'device pairing removal denied')
    await gateway.open().hello({ device, auth: { deviceToken: token } })
  })

  test('cannot give itself more: neither by approving nor by rotating (T16, T19)', async () => {
    const { device, client } = await operator()
    const { requestId } = await askToPair(gateway, {
      device,
      auth: { token: TOKEN },
      scopes: ['operator.pairing', 'operator.admin'],
    })
    assert.deepEqual(await client.fail('device.pair.approve', { requestId }), {
      code: 'INVALID_REQUEST',
      message: 'missing scope: operator.admin',
    })
    for (const scopes of [
      ['operator.admin'],
      ['operator.read'],
      ['operator.pairing', 'operator.write'],
      ['made.up'],
    ]) {
      const error = await client.fail('device.token.rotate', {
        deviceId: device.id,
        role: 'operator',
        scopes,
      })
      assert.equal(error.message, 'device token rotation denied')
    }
    const node = await askToPair(gateway, { device, role: 'node' })
    const error = await client.fail('device.pair.approve', { requestId: node.requestId })
    assert.equal(error.message, 'device pairing approval denied')
  })

  test('hears only of itself', async () => {
    const { device, client } = await operator()
    const owner = await gateway.owner()
    const other = await operator()
    await owner.call('device.pair.rename', { deviceId: other.device.id, label: 'x' })
    const foreign = await askToPair(gateway, { device: makeDevice() })
    await owner.call('device.pair.reject', { requestId: foreign.requestId })

    const { requestId } = await askToPair(gateway, { device, role: 'node' })
    await owner.call('device.pair.reject', { requestId })
    const { payload } = await client.nextEvent('device.pair.resolved')
    assert.deepEqual({ ...payload, ts: 0 }, { requestId, deviceId: device.id, decision: 'rejected', ts: 0 })
    const heard = client.events('device.pair.requested', 'device.pair.resolved', 'device.pair.changed')
    assert.deepEqual(
      heard.map(({ payload: about }) => about['deviceId']),
      [device.id, device.id],
    )
    assert.deepEqual(
      heard.map(({ seq }) => seq),
      [1, 2],
    )
  })
})

describe('an admin device', () => {
  test('manages every device', async () => {
    const admin = await pair(gateway, { scopes: ['operator.admin'] })
    const { device, client } = await operator()
    const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.admin'] })

    await admin.client.call('device.pair.approve', { requestId })
    await admin.client.call('device.pair.rename', { deviceId: device.id, label: 'Desk' })
    await admin.client.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
    await client.closed
    await admin.client.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    await admin.client.call('device.pair.remove', { deviceId: device.id })
    const { paired } = await admin.client.call<DevicePairList>('device.pair.list')
    assert.ok(paired.every((row) => row.deviceId !== device.id))
  })

  test('that connects with less manages only itself', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.admin'] })
    const client = gateway.open()
    await client.hello({ device, auth: { deviceToken: token }, scopes: ['operator.pairing'] })
    const { paired } = await client.call<DevicePairList>('device.pair.list')

    assert.deepEqual(
      paired.map((row) => row.deviceId),
      [device.id],
    )
  })
})

test('an operator without the pairing scope hears nothing of pairings', async () => {
  const { client } = await pair(gateway, { scopes: ['operator.read'] })
  const listening = await gateway.owner()
  await askToPair(gateway, { device: makeDevice() })
  await listening.nextEvent('device.pair.requested')
  await client.call('status')

  assert.deepEqual(client.events('device.pair.requested'), [])
})

test('a rename needs a label that is not blank, and a device that exists', async () => {
  const owner = await gateway.owner()
  const { device } = await operator()
  assert.equal(
    (await owner.fail('device.pair.rename', { deviceId: device.id, label: '   ' })).message,
    'label required',
  )
  for (const deviceId of [nobody, 'short', '']) {
    const { message } = await owner.fail('device.pair.rename', { deviceId, label: 'x' })
    assert.ok(message === 'unknown deviceId' || deviceId === '', message)
  }
  for (const deviceId of [nobody, 'short']) {
    assert.equal((await owner.fail('device.pair.remove', { deviceId })).message, 'unknown deviceId')
  }
})

test('a list shows when a device is connected, and when it was seen', async () => {
  const { device, client } = await operator()
  const owner = await gateway.owner()
  const rowOf = async () => {
    const { paired } = await owner.call<DevicePairList>('device.pair.list')
    return paired.find((row) => row.deviceId === device.id)
  }
  assert.equal((await rowOf())?.connected, true)
  await client.end()
  await eventually(async () => (await rowOf())?.connected === false, 'the device counting as gone')
})
