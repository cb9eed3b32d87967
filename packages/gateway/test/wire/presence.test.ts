import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { after, describe, test } from 'node:test'
import type { PresenceRow } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, pair } from '../harness/pair.ts'
import { expectClose, type Hello, type WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'

const TOKEN = 'the-shared-token'
const gateway = await openGateway({ after }, { config: { auth: { token: TOKEN } } })
const READ = ['operator.read']

const list = (client: WireClient) => client.call<readonly PresenceRow[]>('system-presence')
const devices = (rows: readonly PresenceRow[]) => rows.slice(1).map(({ deviceId }) => deviceId)
const inHello = (hello: Hello) =>
  (hello as unknown as { snapshot: { presence: readonly PresenceRow[] } }).snapshot.presence
const lastTold = (client: WireClient) =>
  (client.events('presence').at(-1)?.payload['presence'] ?? []) as readonly PresenceRow[]

describe('who is connected', () => {
  test('a device sees the gateway and itself, in its hello and when it asks', async () => {
    await pair(gateway, { scopes: READ })
    const { device, client, hello } = await pair(gateway, { scopes: READ, client: { displayName: 'Phone' } })
    const rows = await list(client)
    assert.deepEqual(inHello(hello), rows)
    const [self, own, ...others] = rows
    assert.deepEqual(
      [self?.mode, self?.reason, self?.host, self?.version],
      ['gateway', 'self', undefined, hello.server.version],
    )
    assert.deepEqual(own, {
      host: 'Phone',
      text: 'Phone · mode test',
      platform: 'linux',
      mode: 'test',
      deviceId: device.id,
      roles: ['operator'],
      scopes: READ,
      reason: 'connect',
      ts: own?.ts,
    })
    assert.deepEqual(others, [])
  })

  test('a name is shown cut to size and without what could dress up a terminal', async () => {
    const displayName = `a\u001b[31m${'x'.repeat(5_000)}`
    const { hello } = await pair(gateway, { scopes: READ, client: { displayName } })
    const host = inHello(hello)[1]?.host ?? ''
    assert.equal(host.length, 128)
    assert.ok(!host.includes('\u001b'))
  })

  test('an operator of every session sees all, the newest first, and the name of the machine', async () => {
    const first = await pair(gateway, { scopes: READ })
    const second = await pair(gateway, { scopes: ['operator.admin'] })
    for (const client of [second.client, await gateway.owner()]) {
      const rows = await list(client)
      assert.equal(rows[0]?.host, hostname())
      assert.deepEqual(devices(rows).slice(0, 2), [second.device.id, first.device.id])
    }
  })

  test('an operator of one session sees that session alone', async () => {
    const scopes = ['operator.admin']
    const admin = await pair(gateway, { scopes, extended: true, approval: { session: 'new' } })
    const { session } = admin.hello.auth
    const inside = await pair(gateway, { scopes: READ, approval: { session } })
    const outside = await pair(gateway, { scopes: READ })
    const rows = await list(admin.client)
    assert.deepEqual(devices(rows), [inside.device.id, admin.device.id])
    assert.equal(rows[0]?.host, undefined)
    const told = () => JSON.stringify(admin.client.events('presence'))
    await eventually(() => told().includes(inside.device.id), 'the event of the other one inside')
    assert.ok(!told().includes(outside.device.id))
    assert.ok(!JSON.stringify(await list(inside.client)).includes(admin.device.id))
  })

  test('a device of two roles is one row to operators, and its other session is not there for itself', async () => {
    const { device, client } = await pair(gateway, { scopes: READ })
    await pair(gateway, { device, role: 'node', client: { id: 'node-host', mode: 'node' } })
    const row = (await list(await gateway.owner())).find(({ deviceId }) => deviceId === device.id)
    assert.deepEqual([row?.roles, row?.mode], [['node', 'operator'], 'node'])
    assert.deepEqual((await list(client))[1]?.roles, ['operator'])
  })

  test('a node and a session without the scope are shown nothing', async () => {
    const node = await pair(gateway, { role: 'node', client: { id: 'node-host', mode: 'node' } })
    const blind = await pair(gateway, { scopes: ['operator.pairing'] })
    for (const { hello } of [node, blind]) assert.deepEqual(inHello(hello), [])
    assert.equal((await blind.client.fail('system-presence')).details?.['missingScope'], 'operator.read')
    assert.equal((await node.client.fail('system-presence')).message, 'unauthorized role: node')
  })
})

describe('who hears of it', () => {
  test('an operator of every session hears who came and who left', async () => {
    const owner = await gateway.owner()
    const { device, client } = await pair(gateway, { scopes: READ })
    await eventually(() => devices(lastTold(owner)).includes(device.id), 'the event of who came')
    assert.ok(!devices(inHello((await pair(gateway, { scopes: READ })).hello)).includes(device.id))
    await client.end()
    await eventually(() => !devices(lastTold(owner)).includes(device.id), 'the event of who left')
    assert.deepEqual(client.events('presence'), [])
  })

  test('a device hears of its own connections only', async () => {
    const { device, client, token } = await pair(gateway, { scopes: READ })
    await pair(gateway, { scopes: READ })
    await connectPaired(gateway, { device, token, scopes: [] })
    await eventually(() => client.events('presence').length > 0, 'the event of the other connection')
    for (const { payload } of client.events('presence'))
      assert.deepEqual(devices(payload['presence'] as readonly PresenceRow[]), [device.id])
  })

  test('a device that was revoked is gone from the list before the revoke answers (T23)', async () => {
    const owner = await gateway.owner()
    const { device, client } = await pair(gateway, { scopes: READ })
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    assert.ok(!devices(await list(owner)).includes(device.id))
    await expectClose(client, 4001, 'device removed')
  })
})
