import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { ApproveResult, DevicePairList } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const auth = { token: TOKEN }
const gateway = await openGateway({ after }, { config: { auth, limits: { pendingInAll: 10_000 } } })

async function session(...scopes: string[]): Promise<WireClient> {
  const client = gateway.open()
  await client.hello({ client: { id: 'cli', mode: 'cli' }, auth, scopes })
  return client
}

async function pendingRow(requestId: string) {
  const owner = await gateway.owner()
  const { pending } = await owner.call<DevicePairList>('device.pair.list')
  return pending.find((row) => row.requestId === requestId)
}

describe('an approval', () => {
  test('answers with the device as it now is, and never with a secret', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, {
      device,
      scopes: ['operator.read'],
      client: { displayName: 'Desk', deviceFamily: 'Desktop' },
    })
    const admin = await session('operator.admin')
    const result = await admin.call<ApproveResult>('device.pair.approve', { requestId })
    const { createdAtMs, approvedAtMs, tokens, ...row } = result.device

    assert.equal(result.requestId, requestId)
    assert.deepEqual(row, {
      deviceId: device.id,
      publicKey: device.publicKey,
      displayName: 'Desk',
      platform: 'linux',
      deviceFamily: 'Desktop',
      clientId: 'test',
      clientMode: 'test',
      role: 'operator',
      roles: ['operator'],
      scopes: ['operator.read'],
      approvedVia: 'owner',
    })
    assert.equal(createdAtMs, approvedAtMs)
    assert.deepEqual(tokens, [{ role: 'operator', scopes: ['operator.read'], createdAtMs }])
  })

  test('is told to every operator before it is answered', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device })
    const admin = await session('operator.admin')
    await admin.call('device.pair.approve', { requestId })

    const event = admin.received.findIndex(
      (frame) => frame.type === 'event' && frame.event === 'device.pair.resolved',
    )
    const answer = admin.received.findIndex((frame) => frame.type === 'res' && frame.id === 'r2')
    assert.ok(event > 0 && event < answer)
    const { payload } = await admin.nextEvent('device.pair.resolved')
    assert.deepEqual({ ...payload, ts: 0 }, { requestId, deviceId: device.id, decision: 'approved', ts: 0 })
  })

  test('of scopes that the approver lacks is refused, whoever it is (T19)', async () => {
    const cases = [
      [['operator.pairing'], ['operator.admin'], 'operator.admin'],
      [['operator.pairing'], ['operator.read'], 'operator.read'],
      [['operator.pairing', 'operator.write'], ['operator.read', 'operator.approvals'], 'operator.approvals'],
    ] as const
    for (const [held, asked, missing] of cases) {
      const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: asked })
      const error = await (await session(...held)).fail('device.pair.approve', { requestId })
      assert.deepEqual(error, { code: 'INVALID_REQUEST', message: `missing scope: ${missing}` })
    }
    const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.read'] })
    await (await session('operator.pairing', 'operator.write')).call('device.pair.approve', { requestId })
  })

  test('that gives a token a new life needs the ceiling of the whole token, an upgrade only what it adds (T19)', async () => {
    const { device, token } = await pair(gateway, { scopes: ['operator.write'] })
    const { requestId } = await askToPair(gateway, {
      device,
      auth,
      scopes: ['operator.write', 'operator.pairing'],
    })
    const little = await session('operator.pairing')

    for (const less of [
      { scopes: [], expiresInMs: 1_000 },
      { scopes: [], session: 'new' },
    ]) {
      const error = await little.fail('device.pair.approve', { requestId, ...less })
      assert.deepEqual(error, { code: 'INVALID_REQUEST', message: 'missing scope: operator.write' })
    }
    await connectPaired(gateway, { device, token, scopes: ['operator.write'] })

    await little.call('device.pair.approve', { requestId, scopes: ['operator.pairing'] })
    await connectPaired(gateway, { device, token, scopes: ['operator.write', 'operator.pairing'] })
  })

  test('of a node needs an admin', async () => {
    const { requestId } = await askToPair(gateway, { device: makeDevice(), role: 'node' })
    const error = await (await session('operator.pairing', 'operator.write')).fail('device.pair.approve', {
      requestId,
    })
    assert.equal(error.message, 'device pairing approval denied')
    await (await session('operator.admin')).call('device.pair.approve', { requestId })
  })

  test('may grant less than was asked for, and never more or other (T20)', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes: ['operator.write', 'operator.pairing'] })
    const admin = await session('operator.admin')
    const wrong = [
      [['operator.admin'], 'scope was not requested: operator.admin'],
      [['operator.read', 'operator.approvals'], 'scope was not requested: operator.approvals'],
      [['made.up'], 'invalid scope for requested roles: made.up'],
    ] as const
    for (const [scopes, message] of wrong) {
      const error = await admin.fail('device.pair.approve', { requestId, scopes })
      assert.deepEqual(error, { code: 'INVALID_REQUEST', message })
    }
    await admin.call('device.pair.approve', { requestId, scopes: ['operator.read'] })

    const hello = await gateway.open().hello({ device, scopes: ['operator.write', 'operator.pairing'] })
    assert.deepEqual(hello.auth.scopes, ['operator.read'])
  })

  test('may set label, expiry and session', async () => {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes: ['operator.read'] })
    const owner = await gateway.owner()
    const before = Date.now()
    const result = await owner.call<ApproveResult>('device.pair.approve', {
      requestId,
      label: ' Desk ',
      expiresInMs: 3_600_000,
      session: 'new',
    })
    const [token] = result.device.tokens

    assert.equal(result.device.operatorLabel, 'Desk')
    assert.ok((token?.expiresAtMs ?? 0) >= before + 3_600_000)
    assert.match(token?.session ?? '', /^device-/)
    const hello = await gateway.open().hello({ device, scopes: ['operator.read'], extended: true })
    assert.equal(hello.auth.expiresAtMs, token?.expiresAtMs)
    assert.equal(hello.auth.session, token?.session)
  })

  test('opens every session to admins only, and an existing one by its key', async () => {
    const owner = await gateway.owner()
    const ask = async (scopes: string[]) =>
      (await askToPair(gateway, { device: makeDevice(), scopes })).requestId
    const sessionOf = (result: ApproveResult) => result.device.tokens[0]?.session
    const grant = async (scopes: string[], wanted?: string) =>
      sessionOf(
        await owner.call<ApproveResult>('device.pair.approve', {
          requestId: await ask(scopes),
          ...(wanted && { session: wanted }),
        }),
      )

    assert.equal(await grant(['operator.admin']), '*')
    assert.equal(await grant(['operator.admin'], '*'), '*')
    const shared = await grant(['operator.read'])
    assert.match(shared ?? '', /^device-/)
    assert.equal(await grant(['operator.read'], shared), shared)
    assert.notEqual(await grant(['operator.read'], 'new'), shared)

    const requestId = await ask(['operator.read'])
    const every = await owner.fail('device.pair.approve', { requestId, session: '*' })
    assert.equal(every.message, 'only an admin token may open every session')
    const unknown = await owner.fail('device.pair.approve', { requestId, session: 'made-up' })
    assert.equal(unknown.message, 'unknown session')
  })

  test('by a device does not move anybody into a session that is not its own (T43)', async () => {
    const other = await pair(gateway, { scopes: ['operator.read'], extended: true })
    const { device, client } = await pair(gateway, { scopes: ['operator.pairing', 'operator.read'] })
    const { requestId } = await askToPair(gateway, {
      device,
      auth,
      scopes: ['operator.pairing', 'operator.write'],
    })
    for (const wanted of [other.hello.auth.session, 'made-up']) {
      const error = await client.fail('device.pair.approve', {
        requestId,
        scopes: ['operator.read'],
        session: wanted,
      })
      assert.equal(error.message, 'unknown session')
    }
  })

  test('with the digest of what was shown is pinned to that (T20)', async () => {
    const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.read'] })
    const digest = (await pendingRow(requestId))?.digest
    assert.match(digest ?? '', /^[0-9a-f]{64}$/)
    const owner = await gateway.owner()

    assert.deepEqual(await owner.fail('device.pair.approve', { requestId, digest: '0'.repeat(64) }), {
      code: 'INVALID_REQUEST',
      message: 'the request is not what was shown; list again, then approve',
      details: { code: 'DIGEST_MISMATCH' },
    })
    await owner.call('device.pair.approve', { requestId, digest })
  })

  test('by itself answers before it closes the connection whose deadline it changes', async () => {
    const { device, client } = await pair(gateway, { scopes: ['operator.pairing', 'operator.read'] })
    const { requestId } = await askToPair(gateway, {
      device,
      auth,
      scopes: ['operator.pairing', 'operator.write'],
    })
    await client.call('device.pair.approve', { requestId, scopes: ['operator.read'], expiresInMs: 60_000 })
    await expectClose(client, 4001, 'device removed')
  })
})

describe('an approval of an upgrade (T21)', () => {
  test('leaves live connections as they are, with their old scopes', async () => {
    const { device, token, client } = await pair(gateway, { scopes: ['operator.read'] })
    const { requestId } = await askToPair(gateway, {
      device,
      auth,
      scopes: ['operator.write', 'operator.pairing'],
    })
    await approve(gateway, requestId)

    assert.equal((await client.request('status')).ok, true)
    assert.equal((await client.fail('device.pair.list')).details?.['code'], 'MISSING_SCOPE')
    const { hello } = await connectPaired(gateway, { device, token, scopes: ['operator.pairing'] })
    assert.equal(hello.auth.deviceToken, token)
  })

  test('grants exactly what was shown: an earlier, wider request does not ride along', async () => {
    const device = makeDevice()
    const wide = await askToPair(gateway, { device, scopes: ['operator.admin'] })
    const narrow = await askToPair(gateway, { device, scopes: ['operator.read'], role: 'operator' })
    // The narrow ask is covered by the open wide one, so it keeps that id; a node's ask is another thing.
    assert.equal(narrow.requestId, wide.requestId)
    const node = await askToPair(gateway, { device, role: 'node' })
    assert.notEqual(node.requestId, wide.requestId)

    await approve(gateway, node.requestId)
    const row = (await (await gateway.owner()).call<DevicePairList>('device.pair.list')).paired.find(
      ({ deviceId }) => deviceId === device.id,
    )
    assert.deepEqual(
      row?.tokens.map(({ role, scopes }) => [role, scopes]),
      [['node', []]],
    )
    assert.deepEqual(row?.scopes, [])
  })

  test('of a narrow request grants no scope of a wide one beside it', async () => {
    const device = makeDevice()
    const narrow = await askToPair(gateway, { device, scopes: ['operator.read'] })
    const wide = await askToPair(gateway, { device, scopes: ['operator.admin'] })
    assert.notEqual(wide.requestId, narrow.requestId)

    await approve(gateway, narrow.requestId)
    const hello = await gateway.open().hello({ device, scopes: ['operator.admin'], extended: true })
    assert.deepEqual(hello.auth.tokenScopes, ['operator.read'])
    assert.ok(await pendingRow(wide.requestId))
  })

  test('of another role leaves the first role and its token alone', async () => {
    const { device, token, client } = await pair(gateway, { scopes: ['operator.read'] })
    const { error } = await askToPair(gateway, { device, role: 'node' })
    assert.equal(error.details?.['reason'], 'role-upgrade')
    assert.deepEqual(error.details?.['approvedRoles'], ['operator'])
    await approve(gateway, String(error.details?.['requestId']))

    assert.equal((await client.request('status')).ok, true)
    await connectPaired(gateway, { device, token, scopes: ['operator.read'] })
  })
})

test('another platform or family is no reason to pair again', async () => {
  const { device, token } = await pair(gateway, { client: { platform: 'linux', deviceFamily: 'Desktop' } })
  const client = { platform: 'darwin', deviceFamily: 'Laptop', displayName: 'Other' }
  await connectPaired(gateway, { device, token, client })
})
