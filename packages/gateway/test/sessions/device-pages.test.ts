import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { DevicePage, DevicePairList, PendingList, SessionResult } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { withoutUse } from '../harness/without-use.ts'

const gateway = await openGateway({ after }, { config: { limits: { pendingInAll: 10_000 } } })
const owner = await gateway.owner()
for (const key of ['red', 'blue']) await owner.call<SessionResult>('sessions.create', { key })

const page = (client: WireClient, params: object = {}) => client.call<DevicePage>('device.page', params)

/** Every page, one after the other. */
async function walk(client: WireClient, params: object = {}): Promise<readonly string[]> {
  const ids: string[] = []
  for (let cursor: string | undefined; ; ) {
    const { devices, next, total } = await page(client, { ...params, ...(cursor && { cursor }) })
    ids.push(...devices.map(({ deviceId }) => deviceId))
    if (next === undefined) {
      assert.equal(total, ids.length)
      return ids
    }
    cursor = next
  }
}

let made = 0
/** A device with a name of which the list holds several. */
function beside(session: string, scopes: readonly string[] = ['operator.read'], label?: string) {
  made += 1
  const approval = { session, label: label ?? `${made % 2 === 0 ? 'Desk' : 'Küche'} ${session} ${made % 3}` }
  return pair(gateway, { scopes, approval, extended: true })
}

const red = await beside('red', ['operator.admin'], 'red admin')
const member = await beside('red', ['operator.pairing'], 'red member')
const blue = await beside('blue', ['operator.admin'], 'blue admin')
for (const session of ['red', 'blue', 'red', 'blue', 'new']) await beside(session)

const searches = fc.record(
  {
    search: fc.constantFrom(
      '',
      'desk',
      'KÜCHE',
      'red',
      'blue',
      '127.0.0.1',
      'admin',
      '%',
      'a',
      red.device.id,
    ),
    state: fc.constantFrom('live', 'expired', 'revoked'),
    connected: fc.boolean(),
    role: fc.constantFrom('operator', 'node'),
    sort: fc.constantFrom('name', 'paired', 'seen', 'expires'),
    order: fc.constantFrom('asc', 'desc'),
    limit: fc.integer({ min: 1, max: 4 }),
  },
  { requiredKeys: [] },
)

describe('pages of devices (T43)', () => {
  test('whatever is asked, they are what the whole list holds, and nothing of another session is counted', async () => {
    for (const { client } of [red, member, blue, { client: owner }]) {
      const { paired } = await client.call<DevicePairList>('device.pair.list')
      const mine = new Set(paired.map(({ deviceId }) => deviceId))
      assert.deepEqual(new Set(await walk(client, { limit: 2 })), mine)
      const of = async (params: object) => {
        const ids = await walk(client, params)
        assert.equal(new Set(ids).size, ids.length)
        for (const id of ids) assert.ok(mine.has(id), id)
        return ids
      }
      await fc.assert(
        fc.asyncProperty(searches, async (params) => {
          const ids = await of(params)
          const { sort: _, order: __, limit: ___, ...choice } = params
          assert.deepEqual(new Set(ids), new Set(await of({ ...choice, limit: 200 })))
        }),
        { numRuns: 25 },
      )
    }
  })

  test('a device in another session moves neither the pages nor the total', async () => {
    const before = withoutUse(await page(red.client, { search: 'desk' }))
    for (let n = 0; n < 4; n += 1) await beside('blue', ['operator.read'], 'desk of others')
    assert.deepEqual(withoutUse(await page(red.client, { search: 'desk' })), before)
    assert.equal((await page(red.client, { search: 'of others' })).total, 0)
  })

  test('a cursor from another session leads nowhere else', async () => {
    const { next } = await page(blue.client, { limit: 1 })
    const { devices } = await page(red.client, { cursor: next, limit: 200 })
    const all = new Set(await walk(red.client))
    for (const { deviceId } of devices) assert.ok(all.has(deviceId))
  })

  test('who holds every session chooses one, or the tokens that open all of them', async () => {
    const ids = await walk(owner, { session: 'red', limit: 1 })
    assert.deepEqual(new Set(ids), new Set(await walk(red.client)))
    const wide = await pair(gateway, { scopes: ['operator.admin'], extended: true })
    assert.deepEqual(await walk(owner, { session: '*' }), [wide.device.id])
    assert.deepEqual(await red.client.fail('device.page', { session: '*' }), {
      code: 'INVALID_REQUEST',
      message: 'unknown session',
    })
  })

  test('a cursor is good for its sort and order only, and every other word is refused', async () => {
    const { next } = await page(owner, { limit: 1, sort: 'seen', order: 'desc' })
    const word = (parts: unknown) => Buffer.from(JSON.stringify(parts)).toString('base64url')
    const { id } = red.device
    for (const params of [
      { cursor: next },
      { cursor: next, sort: 'seen' },
      { cursor: 'x' },
      { cursor: word(null) },
      { cursor: word(['name', false, 'a']) },
      { cursor: word(['name', false, 7, id]) },
      { cursor: word(['name', false, 'a\u0000', id]) },
      { cursor: word(['name', false, 'a', `${id}'`]) },
      { cursor: word(['seen', false, 1.5, id]), sort: 'seen' },
    ]) {
      const { details } = await owner.fail('device.page', params)
      assert.equal(details?.['code'], 'CURSOR_INVALID', JSON.stringify(params))
    }
  })

  test('they say who is connected, how often, and in which state it is', async () => {
    const { device, token } = await beside('red', ['operator.read'], 'twice')
    await gateway.open().hello({ device, auth: { deviceToken: token }, scopes: ['operator.read'] })
    const rows = async (params: object) => (await page(owner, { search: device.id, ...params })).devices
    const [row] = await rows({ connected: true, state: 'live', role: 'operator' })
    assert.deepEqual([row?.connections, row?.connected, row?.operatorLabel], [2, true, 'twice'])
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    const [revoked] = await rows({ connected: false, state: 'revoked' })
    assert.deepEqual([revoked?.connections, revoked?.tokens[0]?.session], [0, 'red'])
    assert.deepEqual(await rows({ state: 'live' }), [])
  })
})

test('what is pending comes with the devices that ask for more, and with no others', async () => {
  const { requestId } = await askToPair(gateway, { device: member.device, role: 'node' })
  const stranger = makeDevice()
  await askToPair(gateway, { device: stranger })
  const seenBy = async (client: WireClient) => {
    const { pending, devices } = await client.call<PendingList>('device.pending')
    const whole = await client.call<DevicePairList>('device.pair.list')
    assert.deepEqual(pending, whole.pending)
    return { pending: pending.map((row) => row.deviceId), devices: devices.map((row) => row.deviceId) }
  }
  const [both, known] = [[stranger.id, member.device.id], [member.device.id]]
  assert.deepEqual(await seenBy(owner), { pending: both, devices: known })
  assert.deepEqual(await seenBy(red.client), { pending: both, devices: known })
  assert.deepEqual(await seenBy(blue.client), { pending: [stranger.id], devices: [] })
  assert.deepEqual(await seenBy(member.client), { pending: known, devices: known })
  await owner.call('device.pair.reject', { requestId })
})
