import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { AuditRow, DevicePairList, MoveResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'

const scopes = ['operator.read']
const US = { extended: true }
const DENIED = { code: 'INVALID_REQUEST', message: 'device token move denied' }
const gateway = await openGateway({ after }, { config: { auth: { token: 'the-shared-token' } } })
const owner = await gateway.owner()

const target = ({ device }: PairedDevice) => ({ deviceId: device.id, role: 'operator' })
const move = (by: WireClient, paired: PairedDevice, session: string) =>
  by.call<MoveResult>('device.token.move', { ...target(paired), session })

async function sessionOf({ device }: PairedDevice): Promise<string> {
  const { paired } = await owner.call<DevicePairList>('device.pair.list')
  return paired.find(({ deviceId }) => deviceId === device.id)?.tokens[0]?.session ?? 'none'
}

describe('a move', () => {
  test('lets a token open another session: same secret, and what knows the old one is closed', async () => {
    const [one, other] = [await pair(gateway, { scopes }), await pair(gateway, { scopes })]
    const there = await sessionOf(other)
    assert.deepEqual(await move(owner, one, there), { ...target(one), session: there })
    await expectClose(one.client, 4001, 'device removed')
    const { hello } = await connectPaired(gateway, { device: one.device, token: one.token, scopes, ...US })
    assert.deepEqual([hello.auth.session, hello.auth.deviceToken], [there, one.token])
    await other.client.call('status')
  })

  test('to a new session makes one, and to the same changes nothing', async () => {
    const paired = await pair(gateway, { scopes })
    const before = await sessionOf(paired)
    const { session } = await move(owner, paired, 'new')
    assert.notEqual(session, before)
    await expectClose(paired.client, 4001, 'device removed')

    const { client } = await connectPaired(gateway, { device: paired.device, token: paired.token, scopes })
    const last = await newest()
    assert.equal((await move(owner, paired, session)).session, session)
    assert.deepEqual(await newest(), last)
    await client.call('status')
  })

  test('to every session is for admin tokens and callers that have it', async () => {
    const plain = await pair(gateway, { scopes })
    const params = { ...target(plain), session: '*' }
    assert.match((await owner.fail('device.token.move', params)).message, /^only an admin token/)
    const admin = await pair(gateway, { scopes: ['operator.admin'], approval: { session: 'new' } })
    assert.equal((await move(owner, admin, '*')).session, '*')
  })

  test('to a session that there is not is refused, and so is one of a revoked token', async () => {
    const paired = await pair(gateway, { scopes })
    const params = { ...target(paired), session: 'nowhere' }
    assert.equal((await owner.fail('device.token.move', params)).message, 'unknown session')
    await owner.call('device.token.revoke', target(paired))
    assert.deepEqual(await owner.fail('device.token.move', { ...params, session: 'new' }), DENIED)
    for (const wrong of [{ deviceId: 'nobody' }, { role: 'king' }, { role: 'node' }])
      assert.deepEqual(await owner.fail('device.token.move', { ...params, ...wrong }), DENIED)
  })

  test('is from and to sessions that the caller may open, and needs all that the token holds (T16)', async () => {
    const [inside, outside] = [await pair(gateway, { scopes }), await pair(gateway, { scopes })]
    const here = await sessionOf(inside)
    const there = await sessionOf(outside)
    const bound = await pair(gateway, { scopes: ['operator.admin'], approval: { session: here }, ...US })
    const fail = async (who: PairedDevice, session: string) =>
      (await bound.client.fail('device.token.move', { ...target(who), session })).message
    assert.equal(await fail(outside, here), DENIED.message)
    assert.equal(await fail(inside, there), 'unknown session')
    assert.equal(await fail(inside, '*'), 'only an admin token may open every session')
    assert.match(await fail(inside, 'new'), /^the token opens one session/)

    const narrow = gateway.open()
    const client = { id: 'cli', mode: 'cli' }
    await narrow.hello({ client, auth: { token: 'the-shared-token' }, scopes: ['operator.pairing'], ...US })
    assert.deepEqual(await narrow.fail('device.token.move', { ...target(inside), session: there }), DENIED)
    assert.equal(await sessionOf(inside), here)
  })

  test('of oneself is for admins only, and the reply leaves first', async () => {
    const plain = await pair(gateway, { scopes: ['operator.pairing'], ...US })
    const params = { ...target(plain), session: await sessionOf(plain) }
    assert.deepEqual(await plain.client.fail('device.token.move', params), DENIED)
    const admin = await pair(gateway, { scopes: ['operator.admin'], ...US })
    await pair(gateway, { scopes: ['operator.admin'] })
    assert.match((await move(admin.client, admin, 'new')).session, /^device-/)
    await expectClose(admin.client, 4001, 'device removed')
  })

  test('never takes the last admin of every session away', async (t) => {
    const own = await openGateway(t)
    const admin = await pair(own, { scopes: ['operator.admin'], ...US })
    const error = await admin.client.fail('device.token.move', { ...target(admin), session: 'new' })
    assert.equal(error.details?.['code'], 'LAST_ADMIN')
  })

  test('is in the log with both sessions', async () => {
    const paired = await pair(gateway, { scopes })
    await move(owner, paired, 'new')
    const event = await newest()
    assert.deepEqual([event?.kind, event?.deviceId], ['token-moved', paired.device.id])
    assert.ok(event?.before?.session && event.after?.session)
    assert.notEqual(event.before.session, event.after.session)
  })
})

async function newest(): Promise<AuditRow | undefined> {
  const { events } = await owner.call<{ events: readonly AuditRow[] }>('audit.list', { limit: 1 })
  return events[0]
}
