import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type Hello, type WireClient } from '../harness/wire-client.ts'
import { INVALID, invite, outcomeOf, redeem, rowOf } from '../invitations/invite.ts'

const gateway = await openGateway({ after }, { config: { limits: { pendingInAll: 10_000 } } })
const nobody = 'f'.repeat(64)

/** An admin of one session. */
const admin = () =>
  pair(gateway, { scopes: ['operator.admin'], approval: { session: 'new' }, extended: true })

const sessionOf = ({ hello }: PairedDevice) => String(hello.auth.session)

/** A device in the session of somebody. */
const beside = (other: PairedDevice, scopes: readonly string[] = ['operator.read']) =>
  pair(gateway, { scopes, approval: { session: sessionOf(other) } })

const list = (client: WireClient) => client.call<DevicePairList>('device.pair.list')

async function heard(client: WireClient, about: string): Promise<readonly string[]> {
  await client.call('health')
  const events = client.events('device.pair.requested', 'device.pair.resolved', 'device.pair.changed')
  return events.filter(({ payload }) => payload['deviceId'] === about).map(({ event }) => event)
}

describe('an admin of one session (T43)', () => {
  test('sees the devices of its session and no other', async () => {
    const [one, other] = [await admin(), await admin()]
    const friend = await beside(one)
    await beside(other)
    await pair(gateway)
    const { paired } = await list(one.client)
    assert.deepEqual(paired.map(({ deviceId }) => deviceId).sort(), [one.device.id, friend.device.id].sort())
    const keys = paired.flatMap(({ tokens }) => tokens.map(({ session }) => session))
    assert.deepEqual([...new Set(keys)], [sessionOf(one)])
  })

  test('is told the same of a device in another session as of one that does not exist', async () => {
    const [one, other] = [await admin(), await admin()]
    const table = {
      'device.pair.rename': ['unknown deviceId', { label: 'x' }],
      'device.pair.remove': ['unknown deviceId', {}],
      'device.token.rotate': ['device token rotation denied', { role: 'operator' }],
      'device.token.revoke': ['device token revocation denied', { role: 'operator' }],
    } as const
    for (const [method, [message, params]] of Object.entries(table))
      for (const deviceId of [other.device.id, nobody])
        assert.deepEqual(await one.client.fail(method, { deviceId, ...params }), {
          code: 'INVALID_REQUEST',
          message,
        })
    assert.ok(other.client.isOpen)
    await other.client.call('health')
  })

  test('is told the same of a request of such a device, open or decided, as of none', async () => {
    const [one, other] = [await admin(), await admin()]
    const { requestId } = await askToPair(gateway, { device: other.device, role: 'node' })
    const unknown = { code: 'INVALID_REQUEST', message: 'unknown requestId' }
    const ask = (id: string) =>
      Promise.all(
        ['device.pair.approve', 'device.pair.reject'].map((method) =>
          one.client.fail(method, { requestId: id }),
        ),
      )
    assert.deepEqual(await ask(requestId), [unknown, unknown])
    assert.deepEqual(await ask('made-up'), [unknown, unknown])
    await other.client.call('device.pair.reject', { requestId })
    assert.deepEqual(await ask(requestId), [unknown, unknown])
    assert.deepEqual(
      (await list(one.client)).pending.filter(({ deviceId }) => deviceId === other.device.id),
      [],
    )
  })

  test('manages the devices of its session', async () => {
    const one = await admin()
    const friend = await beside(one)
    const deviceId = friend.device.id
    await one.client.call('device.pair.rename', { deviceId, label: 'Desk' })
    await one.client.call('device.token.revoke', { deviceId, role: 'operator' })
    await expectClose(friend.client, 4001, 'device removed')
    await one.client.call('device.pair.remove', { deviceId })
    assert.deepEqual(
      (await list(one.client)).paired.map((row) => row.deviceId),
      [one.device.id],
    )
  })

  test('loses a device that gets a second token in another session, to those who hold both', async () => {
    const one = await admin()
    const friend = await beside(one)
    await pair(gateway, { device: friend.device, role: 'node', approval: { session: 'new' } })
    const deviceId = friend.device.id
    assert.equal((await one.client.fail('device.pair.remove', { deviceId })).message, 'unknown deviceId')
    assert.equal((await list(one.client)).paired.length, 1)
  })

  test('takes strangers into its own session, and into no other', async () => {
    const [one, other] = [await admin(), await admin()]
    for (const session of [undefined, 'main', 'agent:main:main', sessionOf(one)]) {
      const device = makeDevice()
      const { requestId } = await askToPair(gateway, { device, scopes: ['operator.read'] })
      assert.ok((await list(one.client)).pending.some((row) => row.requestId === requestId))
      for (const wrong of [
        sessionOf(other),
        'no-such-session',
        sessionOf(one).toUpperCase(),
        `${sessionOf(one)} `,
      ])
        assert.deepEqual(await one.client.fail('device.pair.approve', { requestId, session: wrong }), {
          code: 'INVALID_REQUEST',
          message: 'unknown session',
        })
      for (const wide of ['new', '*'])
        await one.client.fail('device.pair.approve', { requestId, session: wide })
      await one.client.call('device.pair.approve', { requestId, ...(session && { session }) })
      const hello = await gateway.open().hello({ device, extended: true, scopes: ['operator.read'] })
      assert.equal(hello.auth.session, sessionOf(one))
    }
  })

  test('raises no device of another session by an invitation, and takes none away by it', async () => {
    const [one, other] = [await admin(), await admin()]
    const far = await beside(other)
    await far.client.end()
    const owner = await gateway.owner()
    for (const order of [{}, { session: 'main' }, { role: 'node', scopes: [] }, { confirm: true }]) {
      const { id, secret } = await invite(one.client, {
        scopes: ['operator.admin'],
        ...order,
        withCode: false,
      })
      const role = 'role' in order ? order.role : 'operator'
      const open = () => redeem(gateway, secret, { device: far.device, role, scopes: [] })
      assert.equal(outcomeOf(await open()), INVALID, JSON.stringify(order))
      assert.deepEqual((await rowOf(owner, id))?.state, 'open')
    }
    const row = (await list(owner)).paired.find(({ deviceId }) => deviceId === far.device.id)
    const held = row?.tokens.map(({ session, scopes }) => [session, scopes])
    assert.deepEqual(held, [[sessionOf(other), ['operator.read']]])
    // Who belongs to no session yet comes into its own, and who lies there already may be given more.
    const near = await beside(one)
    for (const device of [near.device, makeDevice()]) {
      const { secret } = await invite(one.client, { scopes: ['operator.write'], withCode: false })
      const { payload } = await redeem(gateway, secret, { device, extended: true })
      assert.equal((payload as Hello).auth.session, sessionOf(one))
    }
    await owner.end()
  })

  test('hears of its own devices and of strangers, and nothing of another session', async () => {
    const [one, other] = [await admin(), await admin()]
    const [near, far] = [await beside(one), await beside(other)]
    const owner = await gateway.owner()
    for (const { device } of [near, far]) {
      await askToPair(gateway, { device, role: 'node' })
      await owner.call('device.pair.rename', { deviceId: device.id, label: 'x' })
      await owner.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
      await owner.call('device.pair.remove', { deviceId: device.id })
    }
    const stranger = makeDevice()
    const { requestId } = await askToPair(gateway, { device: stranger })
    await owner.call('device.pair.reject', { requestId })
    const request = ['device.pair.requested', 'device.pair.resolved']
    const changed = 'device.pair.changed'
    assert.deepEqual(await heard(one.client, near.device.id), [
      ...request,
      changed,
      'device.pair.requested',
      ...[changed, changed, changed],
      'device.pair.resolved',
    ])
    // Before it had a token, it was a stranger who asked.
    assert.deepEqual(await heard(one.client, far.device.id), request)
    assert.deepEqual(await heard(one.client, stranger.id), request)
    const changes = one.client.events(changed).map(({ payload }) => payload['change'])
    assert.deepEqual(changes, ['arrived', 'renamed', 'rotated', 'removed'])
  })

  test('is told no counts of the gateway', async () => {
    const { client } = await admin()
    const status = Object.keys(await client.call<object>('status'))
    for (const key of ['connections', 'pairedDevices', 'pendingRequests'])
      assert.equal(status.includes(key), false, key)
  })

  test('is no last admin: it may be removed, and leaves nobody behind who holds every session', async () => {
    const wide = await pair(gateway, { scopes: ['operator.admin'] })
    const one = await admin()
    const owner = await gateway.owner()
    const others = (await list(owner)).paired.filter(
      ({ deviceId, tokens }) =>
        deviceId !== wide.device.id &&
        tokens.some(({ session, scopes }) => session === '*' && scopes.length > 0),
    )
    for (const { deviceId } of others) await owner.call('device.pair.remove', { deviceId })
    const itself = { deviceId: wide.device.id }
    assert.equal((await wide.client.fail('device.pair.remove', itself)).details?.['code'], 'LAST_ADMIN')
    await one.client.call('device.pair.remove', { deviceId: one.device.id })
  })
})

test('a device that was moved to another session acts there and no longer where it was', async () => {
  const [one, other] = [await admin(), await admin()]
  const friend = await beside(one, ['operator.read'])
  const owner = await gateway.owner()
  // Asking for more brings a request, and its approval may name another session.
  await owner.call('device.token.rotate', { deviceId: friend.device.id, role: 'operator', scopes: [] })
  await friend.client.closed
  const { client } = await connectPaired(gateway, { device: friend.device, token: friend.token, scopes: [] })
  const { requestId } = await client.call<{ requestId: string }>('device.scopes.requestUpgrade', {
    scopes: ['operator.read'],
  })
  await owner.call('device.pair.approve', { requestId, session: sessionOf(other) })
  await expectClose(client, 4001, 'device removed')
  assert.equal((await list(one.client)).paired.length, 1)
  assert.equal((await list(other.client)).paired.length, 2)
})
