import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { AuditList, AuditVerdict } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'

const TOKEN = 'the-shared-token'
const listed = async (client: WireClient, params: object = {}) =>
  (await client.call<AuditList>('audit.list', params)).events

/** A device behind a proxy, so that it has an address. */
async function openWithAddresses(context: TestContext): Promise<GatewayOfTest> {
  const gateway = await openGateway(context, {
    config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'] },
  })
  const headers = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' }
  return { ...gateway, open: (options) => gateway.open({ ...options, headers }) }
}

test('every event names actor, way in, address, device, and how it was before and after', async (context) => {
  const gateway = await openWithAddresses(context)
  const admin = await pair(gateway, {
    scopes: ['operator.admin'],
    client: { id: 'cli', mode: 'cli', displayName: 'Ada' },
    extended: true,
  })
  const scopes = ['operator.read', 'operator.write']
  const phone = await pair(gateway, { scopes, client: { id: 'cli', mode: 'cli', displayName: 'Phone' } })
  const { client } = admin
  const about = { deviceId: phone.device.id }
  await client.call('device.pair.rename', { ...about, label: 'Pocket' })
  await client.call('device.token.rotate', { ...about, role: 'operator', scopes: ['operator.read'] })
  await client.call('device.token.revoke', { ...about, role: 'operator' })
  await client.call('device.pair.remove', about)
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes: ['operator.read'] })
  await client.call('device.pair.reject', { requestId })

  const events = await listed(client)
  assert.deepEqual(
    events.map(({ seq, kind }) => [seq, kind]),
    [
      [7, 'pairing-rejected'],
      [6, 'device-removed'],
      [5, 'token-revoked'],
      [4, 'token-rotated'],
      [3, 'device-renamed'],
      [2, 'pairing-approved'],
      [1, 'pairing-approved'],
    ],
  )
  const [rejected, removed, revoked, rotated, renamed, approved] = events
  for (const event of events.slice(0, 5)) {
    const { actor, via, address, epoch } = event
    const wanted = [`device:${admin.device.id}`, 'websocket', '192.0.2.7', 1]
    assert.deepEqual([actor, via, address, epoch], wanted)
    assert.match(event.mac, /^[0-9a-f]{64}$/)
    assert.ok(Math.abs(Date.now() - event.at) < 60_000)
  }
  assert.deepEqual([approved?.actor, approved?.via, approved?.address], ['owner', 'owner-socket', undefined])
  for (const event of [removed, revoked, rotated, renamed, approved])
    assert.equal(event?.deviceId, phone.device.id)
  assert.equal(rejected?.requestId, requestId)
  assert.equal(approved?.before, undefined)
  const { name, scopes: granted, session } = approved?.after ?? {}
  assert.deepEqual([name, granted, typeof session], ['Phone', scopes, 'string'])
  assert.deepEqual([renamed?.before, renamed?.after], [{ name: 'Phone' }, { name: 'Pocket' }])
  assert.deepEqual([rotated?.before, rotated?.after], [{ scopes }, { scopes: ['operator.read'] }])
  assert.deepEqual([revoked?.before?.scopes, revoked?.after], [['operator.read'], undefined])
  assert.deepEqual(removed?.before?.name, 'Pocket')
  assert.equal(revoked?.tokenId, rotated?.tokenId)
  assert.notEqual(approved?.tokenId, rotated?.tokenId)

  const said = JSON.stringify(events)
  for (const secret of [phone.token, admin.token, TOKEN]) assert.ok(!said.includes(secret))
  const verdict = await client.call<AuditVerdict>('audit.verify')
  assert.deepEqual(verdict, { ...verdict, ok: true, events: 7, from: 1, to: 7 })
})

test('a list can be narrowed to a device, to a kind, to what lies before a number', async (context) => {
  const gateway = await openGateway(context)
  const { device } = await pair(gateway, { scopes: ['operator.read'] })
  await pair(gateway, { scopes: ['operator.read'] })
  const owner = await gateway.owner()
  for (let n = 0; n < 60; n += 1)
    await owner.call('device.pair.rename', { deviceId: device.id, label: `n${n}` })
  const seqs = async (params: object) => (await listed(owner, params)).map(({ seq }) => seq)
  assert.equal((await seqs({})).length, 50)
  assert.deepEqual(await seqs({ limit: 2 }), [62, 61])
  assert.deepEqual(await seqs({ before: 3 }), [2, 1])
  assert.deepEqual(await seqs({ deviceId: device.id, kind: 'pairing-approved' }), [1])
  assert.deepEqual(await seqs({ kind: 'pairing-approved' }), [2, 1])
  assert.deepEqual(await seqs({ kind: 'nothing' }), [])
  assert.deepEqual(await seqs({ deviceId: 'x' }), [])
  const all = await listed(owner, { limit: 500 })
  assert.equal(all.length, 62)
  const times = [0, ...new Set(all.map(({ at }) => at)), (all[0]?.at ?? 0) + 1]
  for (const sinceMs of times)
    for (const untilMs of [times[1] ?? 0, sinceMs, sinceMs + 20]) {
      const wanted = all.filter(({ at, seq }) => at >= sinceMs && at < untilMs && seq < 60)
      const params = { sinceMs, untilMs, before: 60, limit: 500 }
      assert.deepEqual(
        await seqs(params),
        wanted.map(({ seq }) => seq),
      )
    }
  assert.deepEqual((await seqs({ sinceMs: all.at(-1)?.at, limit: 500 })).length, 62)
})

test('nobody but an admin reads any of it, not even what is about himself', async (context) => {
  const gateway = await openGateway(context, { config: { auth: { token: TOKEN } } })
  const scopes = ['operator.pairing', 'operator.read', 'operator.write', 'operator.approvals']
  const { client, device } = await pair(gateway, { scopes, extended: true })
  const shared = gateway.open()
  await shared.hello({ client: { id: 'cli', mode: 'cli' }, auth: { token: TOKEN }, scopes, extended: true })
  const narrowOwner = await gateway.owner({ scopes })
  for (const each of [client, shared, narrowOwner]) {
    for (const [method, params] of [
      ['audit.list', { deviceId: device.id }],
      ['audit.verify', {}],
    ] as const) {
      const error = await each.fail(method, params)
      assert.deepEqual([error.code, error.details?.['missingScope']], ['FORBIDDEN', 'operator.admin'])
    }
  }
  const node = await pair(gateway, { role: 'node', extended: true })
  assert.equal((await node.client.fail('audit.list')).message, 'unauthorized role: node')
})

test('what another program writes into the database while the gateway runs is found and logged', async (context) => {
  const gateway = await openGateway(context)
  for (let n = 0; n < 3; n += 1) await pair(gateway, { scopes: ['operator.read'] })
  const owner = await gateway.owner()
  const database = new DatabaseSync(join(gateway.stateDir, 'pairgate.db'), {
    enableForeignKeyConstraints: false,
  })
  context.after(() => database.close())
  const verdict = () => owner.call<AuditVerdict>('audit.verify')
  assert.equal((await verdict()).ok, true)

  database.exec('delete from event_details where seq = 1')
  assert.deepEqual([(await listed(owner, { before: 2 }))[0]?.erased, (await verdict()).ok], [true, true])

  database.exec("update event_details set body = 'no JSON' where seq = 2")
  const found = await verdict()
  assert.deepEqual(found, { ...found, ok: false, seq: 2, fault: 'details-changed' })
  assert.ok(!found.ok && found.what.length > 0 && found.advice.length > 0)
  assert.match(gateway.logged.join(''), /"level":"error".*"fault":"details-changed".*does not verify/)

  database.exec("update events set kind = 'sang', role = null where seq = 2")
  assert.deepEqual((await listed(owner)).map(({ kind }) => kind)[1], 'sang')
  assert.equal((await verdict()).ok, false)

  database.exec('delete from event_details; delete from events where seq > 1')
  const cut = await verdict()
  assert.deepEqual(cut, { ...cut, ok: false, seq: 2, fault: 'tail-cut' })
})
