import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { approve, askToPair, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const auth = { token: TOKEN }
const gateway = await openGateway({ after }, { config: { auth, limits: { pendingInAll: 10_000 } } })

async function pendingOf(deviceId: string, from: GatewayOfTest = gateway) {
  const owner = await from.owner()
  const { pending } = await owner.call<DevicePairList>('device.pair.list')
  return pending.filter((row) => row.deviceId === deviceId)
}

describe('a device that has to ask', () => {
  test('is told everything that it needs to wait, and the close carries the whole id', async () => {
    const device = makeDevice()
    const client = gateway.open()
    const { error } = await client.connect({ device, scopes: ['operator.read'] })
    const requestId = String(error?.details?.['requestId'])

    assert.deepEqual(error, {
      code: 'NOT_PAIRED',
      message: 'pairing required: device is not approved yet',
      details: {
        code: 'PAIRING_REQUIRED',
        reason: 'not-paired',
        requestId,
        remediationHint: 'Approve this device from the pending pairing requests.',
        deviceId: device.id,
        requestedRole: 'operator',
        requestedScopes: ['operator.read'],
      },
    })
    assert.match(requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    await expectClose(client, 1008, `pairing required: device is not approved yet (requestId: ${requestId})`)
  })

  test('is told the whole id in the close reason, however long the text is', async () => {
    const { device } = await pair(gateway)
    for (const options of [{ role: 'node' }, { auth, scopes: ['operator.admin'] }]) {
      const client = gateway.open()
      const { error } = await client.connect({ device, ...options })
      const { code, reason } = await client.closed
      assert.equal(code, 1008)
      assert.ok(reason.endsWith(` (requestId: ${String(error?.details?.['requestId'])})`), reason)
      assert.ok(Buffer.byteLength(reason) <= 120)
    }
  })

  test('hears of no scopes when it asks for none', async () => {
    const { error } = await askToPair(gateway, { device: makeDevice() })
    assert.equal('requestedScopes' in (error.details ?? {}), false)
  })

  test('learns deadline, fingerprint and when to ask again if it announces pairgate-1', async () => {
    const { error } = await askToPair(gateway, { device: makeDevice(), extended: true })
    const { expiresAtMs, fingerprint, retryAfterMs } = error.details ?? {}
    assert.ok(Number(expiresAtMs) > Date.now())
    assert.match(String(fingerprint), /^([a-z]+ ){5}[a-z]+$/)
    assert.ok(Number(retryAfterMs) > 0)
  })

  test('is shown to operators as a row, and in an event of the same content', async () => {
    const owner = await gateway.owner({ extended: false })
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, {
      device,
      scopes: ['operator.write', 'operator.read'],
      client: { displayName: 'Desk', deviceFamily: 'Desktop' },
    })
    const { payload } = await owner.nextEvent('device.pair.requested', (row) => row['deviceId'] === device.id)
    const { pending } = await owner.call<DevicePairList>('device.pair.list')

    const { ts, ...row } = payload
    assert.deepEqual(row, {
      requestId,
      deviceId: device.id,
      publicKey: device.publicKey,
      displayName: 'Desk',
      platform: 'linux',
      deviceFamily: 'Desktop',
      clientId: 'test',
      clientMode: 'test',
      role: 'operator',
      roles: ['operator'],
      scopes: ['operator.write', 'operator.read'],
      silent: false,
      isRepair: false,
    })
    assert.ok(Number.isInteger(ts))
    assert.deepEqual(
      pending.find(({ requestId: id }) => id === requestId),
      payload,
    )
  })
})

describe('an ask', () => {
  test('that an open request covers keeps its id and makes no second event', async () => {
    const owner = await gateway.owner()
    const device = makeDevice()
    const first = await askToPair(gateway, { device, scopes: ['operator.write', 'operator.pairing'] })
    for (const scopes of [
      ['operator.write', 'operator.pairing'],
      ['operator.pairing'],
      ['operator.read'],
      [],
    ]) {
      assert.equal((await askToPair(gateway, { device, scopes })).requestId, first.requestId)
    }
    await owner.call('health')
    const told = owner
      .events('device.pair.requested')
      .filter(({ payload }) => payload['deviceId'] === device.id)

    assert.equal(told.length, 1)
    assert.deepEqual(
      (await pendingOf(device.id)).map((row) => row.scopes),
      [['operator.write', 'operator.pairing']],
    )
  })

  test('does not change what was shown under an id, whatever the device says of itself later (T20)', async () => {
    const device = makeDevice()
    const shown = { displayName: 'Printer', platform: 'linux', deviceFamily: 'Box' }
    const { requestId } = await askToPair(gateway, { device, client: shown })
    const [before] = await pendingOf(device.id)
    const renamed = { displayName: 'Root', platform: 'darwin', deviceFamily: 'Phone', id: 'cli', mode: 'cli' }
    assert.equal((await askToPair(gateway, { device, client: renamed })).requestId, requestId)
    const [after] = await pendingOf(device.id)

    assert.deepEqual({ ...after, expiresAtMs: 0 }, { ...before, expiresAtMs: 0 })
  })

  test('for something else stands beside the first, newest first', async () => {
    const device = makeDevice()
    const read = await askToPair(gateway, { device, scopes: ['operator.read'] })
    await new Promise((resolve) => setTimeout(resolve, 5))
    const approvals = await askToPair(gateway, { device, scopes: ['operator.approvals'] })
    const rows = await pendingOf(device.id)

    assert.deepEqual(
      rows.map((row) => row.requestId),
      [approvals.requestId, read.requestId],
    )
    assert.deepEqual(
      rows.map((row) => row.scopes),
      [['operator.approvals'], ['operator.read']],
    )
  })

  test('too many of one device are refused, and the open ones still stand (T14)', async () => {
    const device = makeDevice()
    const scopes = ['operator.read', 'operator.approvals', 'operator.questions', 'operator.talk']
    for (const scope of scopes) await askToPair(gateway, { device, scopes: [scope] })
    const client = gateway.open()
    const { error } = await client.connect({ device, scopes: ['operator.admin'] })

    assert.deepEqual(error, {
      code: 'UNAVAILABLE',
      message: 'too many pairing requests are open; retry later',
      details: { code: 'TOO_MANY_PENDING' },
      retryable: true,
      retryAfterMs: 30_000,
    })
    await expectClose(client, 1013, 'try again later')
    const again = await askToPair(gateway, { device, scopes: ['operator.talk'] })
    await approve(gateway, again.requestId)
    await gateway.open().hello({ device, scopes: ['operator.talk'] })
  })

  test('too many of one remote address are refused, and other addresses still ask (T14)', async (context) => {
    const proxied = await openGateway(context, {
      config: { trustedProxies: ['127.0.0.1'], limits: { pendingPerPeer: 3, unauthenticatedPerPeer: 1_000 } },
    })
    const from = (ip: string) => {
      const client = proxied.open({ headers: { 'x-forwarded-for': ip } })
      return client.connect({ device: makeDevice() })
    }
    for (let i = 0; i < 3; i += 1) assert.equal((await from('203.0.113.9')).error?.code, 'NOT_PAIRED')
    assert.equal((await from('203.0.113.9')).error?.details?.['code'], 'TOO_MANY_PENDING')
    assert.equal((await from('203.0.113.10')).error?.code, 'NOT_PAIRED')
  })
})

describe('a request that is over', () => {
  const decide = async (requestId: string, method: string, params: object = {}) =>
    (await gateway.owner()).request(method, { requestId, ...params })

  test('cannot be decided again, and says so', async () => {
    for (const first of ['device.pair.approve', 'device.pair.reject']) {
      const { requestId } = await askToPair(gateway, { device: makeDevice() })
      assert.equal((await decide(requestId, first)).ok, true)
      for (const second of ['device.pair.approve', 'device.pair.reject']) {
        assert.deepEqual((await decide(requestId, second)).error, {
          code: 'INVALID_REQUEST',
          message: 'unknown requestId',
          details: { code: 'REQUEST_DECIDED' },
        })
      }
    }
  })

  test('is unknown when there never was one', async () => {
    for (const requestId of ['made-up', '00000000-0000-4000-8000-000000000000', "' or 1=1 --"]) {
      const { error } = await decide(requestId, 'device.pair.approve')
      assert.deepEqual(error, { code: 'INVALID_REQUEST', message: 'unknown requestId' })
    }
  })

  test('by rejection lets the device ask anew, under a new id', async () => {
    const device = makeDevice()
    const first = await askToPair(gateway, { device })
    const owner = await gateway.owner()
    assert.deepEqual(await owner.call('device.pair.reject', { requestId: first.requestId }), {
      requestId: first.requestId,
      deviceId: device.id,
    })
    const second = await askToPair(gateway, { device })
    assert.notEqual(second.requestId, first.requestId)
  })

  test('after five minutes is expired: gone from the list, not to be decided, asked for anew', async (context) => {
    const time = holdTime(context)
    const timed = await openGateway(context)
    const device = makeDevice()
    const { requestId } = await askToPair(timed, { device })
    time.advance(299_999)
    assert.equal((await pendingOf(device.id, timed)).length, 1)
    time.advance(1)
    const owner = await timed.owner()

    assert.deepEqual(await pendingOf(device.id, timed), [])
    for (const method of ['device.pair.approve', 'device.pair.reject']) {
      assert.deepEqual(await owner.fail(method, { requestId }), {
        code: 'INVALID_REQUEST',
        message: 'unknown requestId',
        details: { code: 'REQUEST_EXPIRED' },
      })
    }
    assert.notEqual((await askToPair(timed, { device })).requestId, requestId)
  })

  test('is told to operators when it expires', async (context) => {
    const time = holdTime(context)
    const timed = await openGateway(context)
    const owner = await timed.owner()
    const device = makeDevice()
    const { requestId } = await askToPair(timed, { device })
    time.advance(301_000)

    const { payload } = await owner.nextEvent('device.pair.resolved')
    assert.deepEqual({ ...payload, ts: 0 }, { requestId, deviceId: device.id, decision: 'rejected', ts: 0 })
  })

  test('is later for a device that asks again in time', async (context) => {
    const time = holdTime(context)
    const timed = await openGateway(context)
    const device = makeDevice()
    const { requestId } = await askToPair(timed, { device })
    const [shown] = await pendingOf(device.id, timed)
    time.advance(200_000)
    assert.equal((await askToPair(timed, { device })).requestId, requestId)
    time.advance(200_000)

    const [later] = await pendingOf(device.id, timed)
    assert.equal(later?.requestId, requestId)
    assert.equal(later?.ts, shown?.ts)
    await approve(timed, requestId)
  })
})

describe('a device that lost its token', () => {
  test('asks for it again by its key, and gets the same one after an approval', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.read'] })
    const { requestId, error } = await askToPair(gateway, {
      device,
      scopes: ['operator.read'],
      extended: true,
    })
    assert.equal(error.message, 'pairing required: device has lost its token and asks for it again')
    assert.equal(error.details?.['reason'], 'not-paired')
    assert.equal(error.details?.['authReason'], 'token_lost')
    const [row] = await pendingOf(device.id)
    assert.equal(row?.isRepair, true)

    await approve(gateway, requestId)
    const hello = await gateway.open().hello({ device, scopes: ['operator.read'] })
    assert.equal(hello.auth.deviceToken, token)
  })

  test('keeps what it has while it waits, for whoever still holds it', async () => {
    const { device, token, client } = await pair(gateway, { scopes: ['operator.read'] })
    await askToPair(gateway, { device })
    assert.equal((await client.request('status')).ok, true)
    await gateway.open().hello({ device, auth: { deviceToken: token }, scopes: ['operator.read'] })
  })
})

describe('the key alone', () => {
  test('fetches a freshly approved token until it was first presented, and no longer', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device })
    await approve(gateway, requestId)
    const fetched: (string | undefined)[] = []
    for (let i = 0; i < 3; i += 1) fetched.push((await gateway.open().hello({ device })).auth.deviceToken)
    assert.equal(new Set(fetched).size, 1)

    await gateway.open().hello({ device, auth: { deviceToken: String(fetched[0]) } })
    const { error } = await askToPair(gateway, { device, extended: true })
    assert.equal(error.details?.['authReason'], 'token_lost')
  })

  test('fetches nothing for another key or another role', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device })
    await approve(gateway, requestId)

    assert.equal((await askToPair(gateway, { device: makeDevice() })).error.details?.['reason'], 'not-paired')
    assert.equal(
      (await askToPair(gateway, { device, role: 'node' })).error.details?.['reason'],
      'role-upgrade',
    )
    const garbage = await refusedConnect(gateway, { device, auth: { deviceToken: 'garbage' } })
    assert.equal(garbage.details?.['code'], 'AUTH_DEVICE_TOKEN_MISMATCH')
  })
})
