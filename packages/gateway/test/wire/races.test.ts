import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient, type WireResponse } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

const auth = { token: 'the-shared-token' }
const gateway = await openGateway(
  { after },
  { config: { auth, limits: { pendingInAll: 10_000, unauthenticatedPerPeer: 1_000 } } },
)
const [alice, bob] = [await gateway.owner(), await gateway.owner()]
const scopes = ['operator.read']
const ROUNDS = 40

async function list(client: WireClient = alice): Promise<DevicePairList> {
  return client.call<DevicePairList>('device.pair.list')
}
const rowOf = async (deviceId: string) => (await list()).paired.find((row) => row.deviceId === deviceId)

/** What one connection ended up with: an answer, or the close that came instead. */
async function outcome(client: WireClient, id: string): Promise<WireResponse | { readonly closed: number }> {
  const answer = await client.response(id).catch(() => undefined)
  return answer ?? { closed: (await client.closed).code }
}
const succeeded = (result: object): boolean => 'ok' in result && result.ok === true

/** Both requests, in one order and then in the other, so that no round favours one. */
async function bothAtOnce(
  round: number,
  one: () => Promise<WireResponse>,
  other: () => Promise<WireResponse>,
): Promise<readonly [WireResponse, WireResponse]> {
  if (round % 2 === 0) return Promise.all([one(), other()])
  const [second, first] = await Promise.all([other(), one()])
  return [first, second]
}

test('of two operators who approve one request at once, exactly one does', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes })
    const both = await Promise.all(
      [alice, bob, alice].map((each) => each.request('device.pair.approve', { requestId })),
    )

    assert.equal(both.filter(succeeded).length, 1)
    for (const { ok, error } of both) if (!ok) assert.deepEqual(error?.details, { code: 'REQUEST_DECIDED' })
    const told = alice
      .events('device.pair.resolved')
      .filter(({ payload }) => payload['requestId'] === requestId)
    assert.equal(told.length, 1)
  }
})

test('of an approval and a rejection at once, one counts, and the device fares accordingly', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes })
    const [approved, rejected] = await bothAtOnce(
      round,
      () => alice.request('device.pair.approve', { requestId }),
      () => bob.request('device.pair.reject', { requestId }),
    )
    assert.notEqual(approved.ok, rejected.ok)
    assert.equal((await gateway.open().connect({ device, scopes })).ok, approved.ok)
  }
})

test('of an approval and a removal of the same device at once, no half of it is left', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { device, token } = await pair(gateway, { scopes })
    const { requestId } = await askToPair(gateway, { device, auth, scopes: ['operator.write'] })
    const [approved, removed] = await bothAtOnce(
      round,
      () => alice.request('device.pair.approve', { requestId }),
      () => bob.request('device.pair.remove', { deviceId: device.id }),
    )
    assert.equal(removed.ok, true)
    if (!approved.ok) assert.deepEqual(approved.error?.details, { code: 'REQUEST_DECIDED' })
    assert.equal(await rowOf(device.id), undefined)
    const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.equal(error.details?.['authReason'], 'token_removed')
  }
})

test('of a rotation and a revoke at once, the revoke stands', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { device, token, client } = await pair(gateway, { scopes })
    const target = { deviceId: device.id, role: 'operator' }
    const [rotated, revoked] = await bothAtOnce(
      round,
      () => alice.request('device.token.rotate', target),
      () => bob.request('device.token.revoke', target),
    )
    assert.equal(revoked.ok, true)
    if (!rotated.ok) assert.equal(rotated.error?.message, 'device token rotation denied')
    assert.ok((await rowOf(device.id))?.tokens[0]?.revokedAtMs)
    await expectClose(client, 4001, 'device removed')
    assert.equal((await gateway.open().connect({ device, auth: { deviceToken: token } })).ok, false)
    assert.equal((await gateway.open().connect({ device })).ok, false)
  }
})

test('of a connect and a revoke at once, no connection outlives the revoke (T23)', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { device, token, client } = await pair(gateway, { scopes })
    await client.end()
    const target = { deviceId: device.id, role: 'operator' }
    const sockets = Array.from({ length: 4 }, () => gateway.open())
    await Promise.all(sockets.map((socket) => socket.challenge))
    const connects = () =>
      sockets.map(async (socket) => {
        await socket.connect({ device, scopes, auth: { deviceToken: token } }).catch(() => undefined)
      })
    const before = round % 2 === 0 ? connects() : []
    const id = alice.post('device.token.revoke', target)
    const pending = [...before, ...(round % 2 === 0 ? [] : connects())]
    assert.equal((await alice.response(id)).ok, true)
    await Promise.all(pending)

    for (const socket of sockets) {
      const { code } = await within(socket.closed, () => 'the end of a connection of a revoked device')
      assert.ok([4001, 1008, 1013].includes(code), String(code))
      assert.ok(
        socket.received.some((frame) => frame.type === 'res'),
        'a connection was closed without an answer',
      )
    }
    assert.equal((await rowOf(device.id))?.connected, false)
  }
})

test('of a connect and a removal at once, no connection outlives the removal (T23, T25)', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { device, token, client } = await pair(gateway, { scopes })
    await client.end()
    const socket = gateway.open()
    await socket.challenge
    const removal = () => alice.request('device.pair.remove', { deviceId: device.id })
    const connect = () =>
      socket.connect({ device, scopes, auth: { deviceToken: token } }).catch(() => undefined)
    await Promise.all(round % 2 === 0 ? [removal(), connect()] : [connect(), removal()])
    await within(socket.closed, () => 'the end of a connection of a removed device')
  }
})

test('an approval that was on its way when its operator was revoked either came first or counts for nothing', async () => {
  await pair(gateway, { scopes: ['operator.admin'] })
  let refused = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const operator = await pair(gateway, { scopes: ['operator.admin'] })
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes })
    const approve = () => operator.client.post('device.pair.approve', { requestId })
    const revoke = () => alice.post('device.token.revoke', { deviceId: operator.device.id, role: 'operator' })
    const [approval, revocation] =
      round % 2 === 0 ? [approve(), revoke()] : ((id) => [approve(), id] as const)(revoke())
    await alice.response(revocation)
    const decidedBefore = (await rowOf(device.id)) !== undefined
    const answer = await outcome(operator.client, approval)
    await operator.client.closed

    // Whatever was approved was approved before the revoke was answered; nothing comes after it.
    assert.equal((await rowOf(device.id)) !== undefined, decidedBefore)
    if (succeeded(answer)) assert.ok(decidedBefore)
    if (!decidedBefore) refused += 1
  }
  assert.ok(refused < ROUNDS, 'no round let the approval come first')
})

test('of two admins who remove each other at once, exactly one stays', async (context) => {
  const small = await openGateway(context)
  const owner = await small.owner()
  for (let round = 0; round < ROUNDS; round += 1) {
    const [one, other] = [
      await pair(small, { scopes: ['operator.admin'] }),
      await pair(small, { scopes: ['operator.admin'] }),
    ]
    const method = round % 4 < 2 ? 'device.pair.remove' : 'device.token.revoke'
    const against = (deviceId: string) => ({ deviceId, ...(round % 4 < 2 ? {} : { role: 'operator' }) })
    const posts =
      round % 2 === 0
        ? [
            one.client.post(method, against(other.device.id)),
            other.client.post(method, against(one.device.id)),
          ]
        : [
            other.client.post(method, against(one.device.id)),
            one.client.post(method, against(other.device.id)),
          ].reverse()
    const results = await Promise.all([
      outcome(one.client, String(posts[0])),
      outcome(other.client, String(posts[1])),
    ])

    assert.equal(results.filter(succeeded).length, 1)
    const { paired } = await owner.call<DevicePairList>('device.pair.list')
    const admins = paired.filter((row) => row.tokens.some((token) => token.revokedAtMs === undefined))
    assert.equal(admins.length, 1)
    for (const row of paired) await owner.call('device.pair.remove', { deviceId: row.deviceId })
  }
})

test('of two admins who each leave at once, exactly one is kept', async (context) => {
  const small = await openGateway(context)
  const owner = await small.owner()
  for (let round = 0; round < 15; round += 1) {
    const both = [
      await pair(small, { scopes: ['operator.admin'] }),
      await pair(small, { scopes: ['operator.admin'] }),
    ]
    const results = await Promise.all(
      both.map(({ client, device }) => client.request('device.pair.remove', { deviceId: device.id })),
    )
    assert.equal(results.filter(succeeded).length, 1)
    assert.equal(results.find(({ ok }) => !ok)?.error?.details?.['code'], 'LAST_ADMIN')
    for (const { deviceId } of (await owner.call<DevicePairList>('device.pair.list')).paired) {
      await owner.call('device.pair.remove', { deviceId })
    }
  }
})

test('fifty connects of a new device at once make one request', async () => {
  const device = makeDevice()
  const sockets = Array.from({ length: 50 }, () => gateway.open())
  await Promise.all(sockets.map((socket) => socket.challenge))
  const answers = await Promise.all(sockets.map((socket) => socket.connect({ device, scopes })))

  assert.equal(new Set(answers.map(({ error }) => error?.details?.['requestId'])).size, 1)
  assert.equal((await list()).pending.filter((row) => row.deviceId === device.id).length, 1)
  const told = alice
    .events('device.pair.requested')
    .filter(({ payload }) => payload['deviceId'] === device.id)
  assert.equal(told.length, 1)
})

test('fifty different asks of one device at once stay within its limit (T14)', async () => {
  const device = makeDevice()
  const all = [
    'read',
    'approvals',
    'questions',
    'pairing',
    'talk',
    'talk.secrets',
    'sessions.read',
    'sessions.write',
  ]
  const answers = await Promise.all(
    Array.from({ length: 48 }, async (_value, at) => {
      const scope = `operator.${all[at % all.length]}`
      return (await gateway.open().connect({ device, scopes: [scope] })).error
    }),
  )
  const ids = new Set(answers.map((error) => error?.details?.['requestId']).filter((id) => id !== undefined))
  assert.equal(ids.size, 4)
  assert.ok(answers.some((error) => error?.details?.['code'] === 'TOO_MANY_PENDING'))
  assert.equal((await list()).pending.filter((row) => row.deviceId === device.id).length, 4)
})

test('an ask at the moment of its approval is let in or asks nothing in vain', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes })
    const approval = alice.request('device.pair.approve', { requestId })
    const again = await gateway.open().connect({ device, scopes })
    assert.equal((await approval).ok, true)

    if (!again.ok) assert.equal(again.error?.details?.['requestId'], requestId)
    assert.equal(
      (await list()).pending.some((row) => row.deviceId === device.id),
      false,
    )
    await gateway.open().hello({ device, scopes })
  }
})

test('two connections that fetch a fresh token at once are told the same one', async () => {
  for (let round = 0; round < 15; round += 1) {
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes })
    await alice.call('device.pair.approve', { requestId })
    const hellos = await Promise.all([1, 2, 3].map(() => gateway.open().hello({ device, scopes })))
    assert.equal(new Set(hellos.map(({ auth: granted }) => granted.deviceToken)).size, 1)
  }
})

test('two rotations at once leave a device that still gets in', async () => {
  for (let round = 0; round < 15; round += 1) {
    const { device, token } = await pair(gateway, { scopes })
    const target = { deviceId: device.id, role: 'operator' }
    await Promise.all([
      alice.request('device.token.rotate', target),
      bob.request('device.token.rotate', target),
    ])
    const hello = await gateway.open().hello({ device, scopes, auth: { deviceToken: token } })
    await gateway.open().hello({ device, scopes, auth: { deviceToken: String(hello.auth.deviceToken) } })
  }
})
