import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, pair } from '../harness/pair.ts'

const auth = { token: 'the-shared-token' }
const LAST_ADMIN = {
  code: 'FORBIDDEN',
  message: 'no other admin would be left; use the gateway host for this',
  details: { code: 'LAST_ADMIN' },
}

async function oneAdmin(context: TestContext) {
  const gateway = await openGateway(context, { config: { auth } })
  return { gateway, admin: await pair(gateway, { scopes: ['operator.admin', 'operator.approvals'] }) }
}

/** Every call by which an admin could lose its own admin token. */
async function waysOut(gateway: GatewayOfTest, admin: Awaited<ReturnType<typeof pair>>) {
  const deviceId = admin.device.id
  const { requestId } = await askToPair(gateway, {
    device: admin.device,
    auth,
    scopes: ['operator.admin', 'operator.approvals', 'operator.read', 'operator.sessions.read'],
  }).catch(() => ({ requestId: undefined }))
  const target = { deviceId, role: 'operator' }
  return [
    ['device.pair.remove', { deviceId }],
    ['device.token.revoke', target],
    ['device.token.rotate', { ...target, scopes: [] }],
    ['device.token.rotate', { ...target, scopes: ['operator.approvals'] }],
    ...(requestId ? ([['device.pair.approve', { requestId, expiresInMs: 60_000 }]] as const) : []),
  ] as const
}

describe('the last admin', () => {
  test('cannot be removed, revoked, narrowed or given a deadline by a remote caller', async (context) => {
    const { gateway, admin } = await oneAdmin(context)
    for (const [method, params] of await waysOut(gateway, admin)) {
      assert.deepEqual(await admin.client.fail(method, params), LAST_ADMIN, method)
    }
    assert.equal((await admin.client.request('device.pair.list')).ok, true)
  })

  test('may be rotated: it keeps what it is', async (context) => {
    const { admin } = await oneAdmin(context)
    const result = await admin.client.request('device.token.rotate', {
      deviceId: admin.device.id,
      role: 'operator',
    })
    assert.equal(result.ok, true)
  })

  test('is not replaced by an admin with a deadline, nor by one that was revoked', async (context) => {
    const { gateway, admin } = await oneAdmin(context)
    const revoked = await pair(gateway, { scopes: ['operator.admin'] })
    await admin.client.call('device.token.revoke', { deviceId: revoked.device.id, role: 'operator' })
    const node = await pair(gateway, { role: 'node' })
    assert.ok(node.client.isOpen)

    const error = await admin.client.fail('device.pair.remove', { deviceId: admin.device.id })
    assert.deepEqual(error, LAST_ADMIN)
  })

  test('may go when another one stays', async (context) => {
    const { gateway, admin } = await oneAdmin(context)
    await pair(gateway, { scopes: ['operator.admin'] })
    assert.equal((await admin.client.request('device.pair.remove', { deviceId: admin.device.id })).ok, true)
  })

  test('may be removed, revoked and narrowed by the owner on the host', async (context) => {
    const { gateway, admin } = await oneAdmin(context)
    const owner = await gateway.owner()
    const target = { deviceId: admin.device.id, role: 'operator' }
    await owner.call('device.token.rotate', { ...target, scopes: ['operator.approvals'] })
    await owner.call('device.token.rotate', { ...target, scopes: ['operator.admin'] })
    await owner.call('device.token.revoke', target)
    await owner.call('device.pair.remove', { deviceId: admin.device.id })

    const { requestId } = await askToPair(gateway, { device: admin.device, scopes: ['operator.admin'] })
    await approve(gateway, requestId)
    await gateway.open().hello({ device: admin.device, scopes: ['operator.admin'] })
  })

  test('an operator that is no admin may always go', async (context) => {
    const { gateway } = await oneAdmin(context)
    const { device, client } = await pair(gateway, { scopes: ['operator.pairing'] })
    assert.equal((await client.request('device.pair.remove', { deviceId: device.id })).ok, true)
  })
})
