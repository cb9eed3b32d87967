import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { connectParams } from '../harness/connect-params.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, type PairedDevice, pair } from '../harness/pair.ts'
import { openSilentPeer } from '../harness/silent-peer.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient, type WireFrame } from '../harness/wire-client.ts'
import { within } from '../harness/within.ts'

const auth = { token: 'the-shared-token' }
const gateway = await openGateway({ after }, { config: { auth, limits: { pendingInAll: 10_000 } } })
const owner = await gateway.owner()
const scopes = ['operator.read', 'operator.pairing']

/** Everything that ends the connections of a device's operator role. */
const ENDINGS = {
  'device.token.revoke': (deviceId: string) => ({ deviceId, role: 'operator' }),
  'device.token.rotate': (deviceId: string) => ({ deviceId, role: 'operator' }),
  'device.pair.remove': (deviceId: string) => ({ deviceId }),
} as const

const isResponse = (id: string) => (frame: WireFrame) => frame.type === 'res' && frame.id === id
const answersAfter = (client: WireClient, id: string) => {
  const at = client.received.findIndex(isResponse(id))
  return client.received.slice(at + 1)
}

for (const [method, paramsFor] of Object.entries(ENDINGS)) {
  describe(method, () => {
    test('closes every connection of the device, however it came in (T23)', async () => {
      const { device, token, client } = await pair(gateway, { scopes })
      const second = await connectPaired(gateway, { device, token, scopes })
      const shared = gateway.open()
      await shared.hello({ device, auth, scopes })
      await owner.call(method, paramsFor(device.id))

      for (const each of [client, second.client, shared]) await expectClose(each, 4001, 'device removed')
    })

    test('answers when the gates are closed: nothing sent before is served after (T23)', async () => {
      const { device, client } = await pair(gateway, { scopes })
      const id = owner.post(method, paramsFor(device.id))
      await owner.response(id)
      const before = client.received.length
      // Whatever these find, the gate has been closed before the answer was written.
      const late = ['status', 'device.pair.list', 'health'].map((each) => client.post(each))
      await askToPair(gateway, { device: makeDevice() })
      await expectClose(client, 4001, 'device removed')

      assert.equal(client.received.slice(before).length, 0)
      assert.ok(late.every((each) => !client.received.some(isResponse(each))))
    })

    test('tells the closed connection nothing of itself', async () => {
      const { device, client } = await pair(gateway, { scopes })
      const { requestId } = await askToPair(gateway, {
        device,
        auth,
        scopes: [...scopes, 'operator.approvals'],
      })
      await client.nextEvent('device.pair.requested')
      await owner.call(method, paramsFor(device.id))
      await client.closed

      assert.deepEqual(client.events('device.pair.resolved', 'device.pair.changed'), [])
      const decided = owner
        .events('device.pair.resolved')
        .some(({ payload }) => payload['requestId'] === requestId)
      assert.equal(decided, method !== 'device.token.rotate')
    })

    test('leaves other devices and sessions without a device alone', async () => {
      const { device } = await pair(gateway, { scopes })
      const other = await pair(gateway, { scopes })
      const shared = gateway.open()
      await shared.hello({ auth, client: { id: 'cli', mode: 'cli' }, scopes })
      await owner.call(method, paramsFor(device.id))

      assert.equal((await other.client.request('status')).ok, true)
      assert.equal((await shared.request('status')).ok, true)
    })

    test('cuts a peer that never answers the close, within about a second (T23)', async () => {
      const { device, token } = await pair(gateway, { scopes })
      const peer = await openSilentPeer(gateway.port)
      const params = connectParams(peer.challenge, { device, scopes, auth: { deviceToken: token } })
      peer.sendText(JSON.stringify({ type: 'req', id: 'c', method: 'connect', params }))
      await peer.nextFrame(({ payload }) => payload.includes('hello-ok'), 'the hello')
      const began = performance.now()
      await owner.call(method, paramsFor(device.id))

      const { payload } = await peer.nextFrame(({ opcode }) => opcode === 8, 'the close frame')
      assert.equal(payload.readUInt16BE(0), 4001)
      peer.sendText(JSON.stringify({ type: 'req', id: 'late', method: 'device.pair.list' }))
      await within(peer.gone, () => 'the end of TCP')
      assert.ok(performance.now() - began < 4_000)
      assert.ok(peer.frames.every((frame) => !frame.payload.includes('late')))
    })

    test('by the device itself: the reply, then 4001, and no answer to what was sent behind (T23)', async () => {
      const { device, token, client } = await pair(gateway, { scopes })
      const second = await connectPaired(gateway, { device, token, scopes })
      const own = client.post(method, paramsFor(device.id))
      const behind = [
        client.post('status'),
        client.post('device.pair.list'),
        client.post(method, paramsFor(device.id)),
      ]
      assert.equal((await client.response(own)).ok, true)
      await expectClose(client, 4001, 'device removed')
      await expectClose(second.client, 4001, 'device removed')

      assert.deepEqual(
        answersAfter(client, own).filter(
          (frame) => frame.type === 'res' && behind.slice(1).includes(frame.id),
        ),
        [],
      )
      assert.equal(client.received.at(-1)?.type, 'res')
      assert.deepEqual(client.events('device.pair.changed'), [])
    })
  })
}

test('an operator rotate or revoke leaves the node connection of the device open, a remove does not', async () => {
  const device = makeDevice()
  await pair(gateway, { device, scopes })
  const node = await pair(gateway, { device, role: 'node' })
  await owner.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
  await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
  assert.equal((await node.client.request('health')).ok, true)

  await owner.call('device.pair.remove', { deviceId: device.id })
  await expectClose(node.client, 4001, 'device removed')
})

test('of several endings on their way at once, each is answered before the connection goes', async () => {
  const keeper = await pair(gateway, { scopes: ['operator.admin'] })
  for (let round = 0; round < 5; round += 1) {
    const admin = await pair(gateway, { scopes: ['operator.admin'] })
    const doomed: string[] = []
    for (let i = 0; i < 6; i += 1) doomed.push((await pair(gateway, { scopes })).device.id)
    const ids = [...doomed, admin.device.id].map((deviceId) =>
      admin.client.post('device.token.revoke', { deviceId, role: 'operator' }),
    )

    for (const id of ids) assert.equal((await admin.client.response(id)).ok, true)
    await expectClose(admin.client, 4001, 'device removed')
  }
  assert.ok(keeper.client.isOpen)
})

test('an admin that ends itself by remove gets its reply, over the shared secret too', async () => {
  await pair(gateway, { scopes: ['operator.admin'] })
  const { device } = await pair(gateway, { scopes: ['operator.admin'] })
  const client = gateway.open()
  await client.hello({ device, auth, scopes: ['operator.admin'] })

  assert.deepEqual(await client.call('device.pair.remove', { deviceId: device.id }), { deviceId: device.id })
  await expectClose(client, 4001, 'device removed')
})

describe('events', () => {
  test('leave before the answer to the call that caused them', async () => {
    const listening = await gateway.owner()
    const device = makeDevice()
    const { requestId } = await askToPair(gateway, { device, scopes: ['operator.read'] })
    const params = { deviceId: device.id, role: 'operator' }
    const calls: readonly [string, object, string][] = [
      ['device.pair.approve', { requestId }, 'device.pair.resolved'],
      ['device.pair.rename', { deviceId: device.id, label: 'Desk' }, 'device.pair.changed'],
      ['device.token.rotate', params, 'device.pair.changed'],
      ['device.token.revoke', params, 'device.pair.changed'],
      ['device.pair.remove', { deviceId: device.id }, 'device.pair.changed'],
    ]
    for (const [method, callParams, event] of calls) {
      const from = listening.received.length
      const id = listening.post(method, callParams)
      await listening.response(id)
      const since = listening.received.slice(from)
      const told = since.findIndex((frame) => frame.type === 'event' && frame.event === event)
      assert.ok(told >= 0 && told < since.findIndex(isResponse(id)), method)
    }
  })

  test('are numbered per connection, from 1 and without gaps', async () => {
    const early = await gateway.owner()
    await Promise.all(Array.from({ length: 10 }, () => askToPair(gateway, { device: makeDevice() })))
    const late = await gateway.owner()
    const asked = Array.from({ length: 10 }, () => makeDevice())
    await Promise.all(asked.map((device) => askToPair(gateway, { device })))
    await Promise.all([early, late].map((client) => client.call('health')))

    for (const client of [early, late]) {
      const numbers = client.received.flatMap((frame) =>
        frame.type === 'event' && frame.seq ? [frame.seq] : [],
      )
      assert.deepEqual(
        numbers,
        numbers.map((_number, at) => at + 1),
      )
    }
    const heard = late.events('device.pair.requested').map(({ payload }) => payload['deviceId'])
    assert.deepEqual(heard.sort(), asked.map(({ id }) => id).sort())
  })

  test('that are for one connection alone carry no number', async () => {
    const client = gateway.open()
    await client.challenge
    const [challenge] = client.events('connect.challenge')
    assert.equal(challenge && 'seq' in challenge, false)
  })

  test('reach every operator that may know, in the same order', async () => {
    const listeners = await Promise.all([gateway.owner(), gateway.owner(), gateway.owner()])
    const devices = Array.from({ length: 20 }, () => makeDevice())
    await Promise.all(devices.map((device) => askToPair(gateway, { device })))
    await Promise.all(listeners.map((client) => client.call('health')))
    const [first, ...others] = listeners.map((client) =>
      client.events('device.pair.requested').map(({ payload }) => payload['requestId']),
    )
    assert.equal(first?.length, 20)
    for (const other of others) assert.deepEqual(other, first)
  })
})

test('an operator that is closed hears of nothing that was decided after', async () => {
  const admins: PairedDevice[] = []
  for (let i = 0; i < 3; i += 1) admins.push(await pair(gateway, { scopes: ['operator.admin'] }))
  for (const { device, client } of admins) {
    const noise = Array.from({ length: 5 }, () => askToPair(gateway, { device: makeDevice() }))
    const id = owner.post('device.token.revoke', { deviceId: device.id, role: 'operator' })
    await Promise.all([...noise, owner.response(id)])
    await askToPair(gateway, { device: makeDevice() })
    await client.closed
    const answered = owner.received.findIndex(isResponse(id))
    const afterwards = new Set(
      owner.received
        .slice(answered)
        .flatMap((frame) => (frame.type === 'event' ? [frame.payload['requestId']] : [])),
    )
    for (const { payload } of client.events('device.pair.requested')) {
      assert.equal(afterwards.has(payload['requestId']), false)
    }
  }
})
