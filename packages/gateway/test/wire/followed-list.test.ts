import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { ChangedPayload, GatewayFigures, InviteResult } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'

const gateway = await openGateway({ after })
const owner = await gateway.owner()
for (const key of ['red', 'blue']) await owner.call('sessions.create', { key })

const changesOf = (client: WireClient, deviceId: string) =>
  client
    .events('device.pair.changed')
    .map(({ payload }) => payload as unknown as ChangedPayload)
    .filter((payload) => payload.deviceId === deviceId)
    .map(({ change, role }) => (role ? `${change} ${role}` : change))

test('whatever is done elsewhere to a device is told with its id and what it was', async () => {
  const { device } = await pair(gateway, { approval: { session: 'red' } })
  const target = { deviceId: device.id, role: 'operator' }
  const other = await gateway.owner()
  await other.call('device.pair.rename', { deviceId: device.id, label: 'desk' })
  await other.call('device.token.rotate', target)
  await other.call('device.token.extend', { ...target, expiresInMs: 3_600_000 })
  await other.call('device.token.move', { ...target, session: 'blue' })
  await other.call('device.token.revoke', target)
  await other.call('device.pair.remove', { deviceId: device.id })
  await owner.call('health')
  assert.deepEqual(changesOf(owner, device.id), [
    'renamed',
    'rotated operator',
    'extended operator',
    'moved operator',
    'revoked operator',
    'removed',
  ])
})

test('a token that runs out is told within seconds', async () => {
  const { device } = await pair(gateway, { approval: { session: 'red' } })
  await owner.call('device.token.extend', { deviceId: device.id, role: 'operator', expiresInMs: 1_000 })
  await eventually(() => changesOf(owner, device.id).includes('expired operator'), 'the end of the token')
})

test('who comes into a session is told there, and who leaves it where it was (T43)', async () => {
  const admin = (session: string) =>
    pair(gateway, { scopes: ['operator.admin'], approval: { session }, extended: true })
  const [red, blue] = [await admin('red'), await admin('blue')]
  const { device } = await pair(gateway, { approval: { session: 'red' } })
  await owner.call('device.token.move', { deviceId: device.id, role: 'operator', session: 'blue' })
  for (const { client } of [red, blue]) await client.call('health')
  assert.deepEqual(changesOf(red.client, device.id), ['arrived', 'moved operator'])
  assert.deepEqual(changesOf(blue.client, device.id), ['arrived'])
})

test('who connects and who leaves is told within a second, also of commands, to those of its session', async () => {
  const watch = (session: string) =>
    pair(gateway, { scopes: ['operator.admin'], approval: { session }, extended: true })
  const [red, blue] = [await watch('red'), await watch('blue')]
  const { device, token, client } = await pair(gateway, { approval: { session: 'red' } })
  const heard = (count: number) =>
    red.client.nextEvent('device.presence', ({ devices }) =>
      JSON.stringify(devices).includes(JSON.stringify({ deviceId: device.id, connections: count })),
    )
  await heard(1)
  const second = await connectPaired(gateway, { device, token })
  await heard(2)
  await Promise.all([client.end(), second.client.end()])
  await heard(0)
  assert.ok(!JSON.stringify(blue.client.events('device.presence')).includes(device.id))
})

test('an invitation that somebody else makes is told, without its secret', async () => {
  const other = await gateway.owner()
  const { id, secret } = await other.call<InviteResult>('device.pair.invite', { session: 'red' })
  const { payload } = await owner.nextEvent('device.pair.invitation', (told) => told['id'] === id)
  assert.equal(payload['state'], 'created')
  assert.ok(!JSON.stringify(owner.received).includes(secret))
})

test('figures of a gateway that has just started are empty lists of one length', async () => {
  await gateway.open().connect({ device: makeDevice() })
  const { connects, requests, proxied, connections, stepMs } = await owner.call<GatewayFigures>(
    'gateway.figures',
    { step: 5 },
  )
  assert.equal(stepMs, 300_000)
  for (const list of [requests, proxied, connections]) assert.equal(list.length, connects.length)
})
