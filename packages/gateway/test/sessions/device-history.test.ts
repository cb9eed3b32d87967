import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type {
  DeviceHistory,
  DevicePage,
  DevicePairList,
  InvitationList,
  PendingList,
} from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'

const gateway = await openGateway({ after })
const owner = await gateway.owner()
for (const key of ['red', 'blue']) await owner.call('sessions.create', { key })

const admin = (session: string) =>
  pair(gateway, {
    scopes: ['operator.admin'],
    approval: { session, label: `${session} admin` },
    extended: true,
  })
const [red, blue, wide] = [await admin('red'), await admin('blue'), await admin('*')]
const member = await pair(gateway, {
  scopes: ['operator.pairing'],
  approval: { session: 'red' },
  extended: true,
})

/** Let in by the admin of one session, and since moved to another one. */
async function letIn(by: WireClient, scopes: readonly string[] = ['operator.read']) {
  const device = makeDevice()
  const { requestId } = await askToPair(gateway, { device, scopes })
  await by.call('device.pair.approve', { requestId })
  return device
}
const move = (deviceId: string, session: string) =>
  owner.call('device.token.move', { deviceId, role: 'operator', session })
const history = (client: WireClient, deviceId: string, params: object = {}) =>
  client.call<DeviceHistory>('device.history', { deviceId, ...params })

const moved = await letIn(blue.client)
await blue.client.call('device.pair.rename', { deviceId: moved.id, label: 'an older name' })
await move(moved.id, 'red')

describe('who let a device in (T43)', () => {
  test('is not told to the session into which it was moved, in no list of devices', async () => {
    await askToPair(gateway, { device: moved, role: 'node' })
    const rows = async (client: WireClient) => [
      (await client.call<DevicePairList>('device.pair.list')).paired,
      (await client.call<DevicePage>('device.page', { search: moved.id })).devices,
      (await client.call<PendingList>('device.pending')).devices,
    ]
    for (const list of await rows(red.client)) {
      const row = list.find(({ deviceId }) => deviceId === moved.id)
      assert.ok(row)
      assert.equal(row.approvedBy, undefined)
      assert.ok(!JSON.stringify(list).includes(blue.device.id))
    }
    for (const list of await rows(owner)) {
      const row = list.find(({ deviceId }) => deviceId === moved.id)
      assert.equal(row?.approvedBy, `device:${blue.device.id}`)
    }
  })

  test('is told where both lie in the same session, and who handed out an invitation as well', async () => {
    const near = await letIn(red.client)
    const { devices } = await red.client.call<DevicePage>('device.page', { search: near.id })
    assert.equal(devices[0]?.approvedBy, `device:${red.device.id}`)
    for (const { client } of [red, wide]) await client.call('device.pair.invite', { session: 'red' })
    const makers = async (client: WireClient) => {
      const { invitations } = await client.call<InvitationList>('device.pair.invitations')
      return invitations.filter(({ session }) => session === 'red').map(({ createdBy }) => createdBy)
    }
    assert.deepEqual(await makers(red.client), [undefined, `device:${red.device.id}`])
    assert.deepEqual(await makers(owner), [`device:${wide.device.id}`, `device:${red.device.id}`])
  })
})

describe('the history of a device (T43)', () => {
  test('is told from its arrival on, without who has done it from elsewhere', async () => {
    await red.client.call('device.pair.rename', { deviceId: moved.id, label: 'known in red' })
    await wide.client.call('device.token.rotate', { deviceId: moved.id, role: 'operator' })
    const { events } = await history(red.client, moved.id)
    const { events: all } = await history(owner, moved.id)
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['token-rotated', 'device-renamed', 'token-moved', 'device-renamed', 'pairing-approved'],
    )
    assert.deepEqual(
      events.map(({ id, kind, actor, address, seq, after }) => [
        id,
        kind,
        actor,
        address,
        seq,
        after?.session,
      ]),
      [
        [all[0]?.id, 'token-rotated', undefined, undefined, undefined, undefined],
        [all[1]?.id, 'device-renamed', `device:${red.device.id}`, undefined, undefined, undefined],
        [all[2]?.id, 'token-moved', 'owner', undefined, undefined, 'red'],
      ],
    )
    assert.deepEqual([all[2]?.before?.session, all[4]?.actor], ['blue', `device:${blue.device.id}`])
    assert.ok(all.every(({ seq }, at) => seq !== undefined && seq > (all[at + 1]?.seq ?? 0)))
    const said = JSON.stringify(events)
    for (const trace of ['blue', blue.device.id, wide.device.id]) assert.ok(!said.includes(trace), trace)
  })

  test('is told by pages, whose cursor is good for that device alone', async () => {
    for (const { client } of [{ client: owner }, red]) {
      const whole = await history(client, moved.id)
      assert.equal(whole.next, undefined)
      const walked: unknown[] = []
      for (let cursor: string | undefined; ; ) {
        const page = await history(client, moved.id, { limit: 2, ...(cursor && { cursor }) })
        walked.push(...page.events)
        if (page.next === undefined) break
        cursor = page.next
      }
      assert.deepEqual(walked, whole.events)
    }
    const { next: cursor } = await history(owner, moved.id, { limit: 4 })
    const hidden = (await history(owner, moved.id)).events[4]?.id
    for (const [client, deviceId, word] of [
      [red.client, moved.id, 'nonsense'],
      [red.client, red.device.id, cursor],
      [red.client, moved.id, hidden],
    ] as const) {
      const { details } = await client.fail('device.history', { deviceId, cursor: word })
      assert.equal(details?.['code'], 'CURSOR_INVALID', word)
    }
  })

  test('begins anew for each session, and says nothing of the one between', async () => {
    const traveller = await letIn(red.client)
    await move(traveller.id, 'blue')
    await blue.client.call('device.pair.rename', { deviceId: traveller.id, label: 'known in blue' })
    const none = await red.client.fail('device.history', { deviceId: 'f'.repeat(64) })
    assert.deepEqual(await red.client.fail('device.history', { deviceId: traveller.id }), none)
    await move(traveller.id, 'red')
    const { events } = await history(red.client, traveller.id)
    assert.deepEqual(
      events.map(({ kind, before, after }) => [kind, before?.session, after?.session]),
      [
        ['token-moved', undefined, 'red'],
        ['token-moved', 'red', undefined],
        ['pairing-approved', undefined, 'red'],
      ],
    )
  })

  test('a device reads its own alone, and who holds every session also that of one that was removed', async () => {
    const { events } = await history(member.client, member.device.id)
    assert.deepEqual(
      events.map(({ kind, actor }) => [kind, actor]),
      [['pairing-approved', 'owner']],
    )
    const none = await member.client.fail('device.history', { deviceId: 'f'.repeat(64) })
    assert.deepEqual(await member.client.fail('device.history', { deviceId: red.device.id }), none)
    const gone = await letIn(red.client)
    await red.client.call('device.pair.remove', { deviceId: gone.id })
    assert.deepEqual(await red.client.fail('device.history', { deviceId: gone.id }), none)
    assert.deepEqual(
      (await history(wide.client, gone.id)).events.map(({ kind }) => kind),
      ['device-removed', 'pairing-approved'],
    )
    assert.deepEqual(await owner.fail('device.history', { deviceId: 'f'.repeat(64) }), none)
  })
})
