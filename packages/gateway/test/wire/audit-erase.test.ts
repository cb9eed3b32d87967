import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { AuditErasure, AuditList, AuditVerdict } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import type { WireClient } from '../harness/wire-client.ts'

const scopes = ['operator.read']
const NAMES = ['Kitchen tablet of Ada', 'Label by Bob']
const ADDRESS = '203.0.113.77'

/** Behind a proxy, so that devices have an address. */
async function openWithAddresses(context: TestContext): Promise<GatewayOfTest> {
  const gateway = await openGateway(context, { config: { trustedProxies: ['127.0.0.1'] } })
  const headers = { 'x-forwarded-for': ADDRESS, 'x-forwarded-proto': 'https' }
  return { ...gateway, open: (options) => gateway.open({ ...options, headers }) }
}
/** A device with a name, a label and an address, that is removed again. */
async function pairAndRemove(gateway: GatewayOfTest, owner: WireClient): Promise<string> {
  const { device } = await pair(gateway, {
    scopes,
    client: { id: 'cli', mode: 'cli', displayName: NAMES[0] },
  })
  await owner.call('device.pair.rename', { deviceId: device.id, label: NAMES[1] })
  await owner.call('device.pair.remove', { deviceId: device.id })
  return device.id
}
const verify = (client: WireClient) => client.call<AuditVerdict>('audit.verify')
const erase = (client: WireClient, params: object) => client.call<AuditErasure>('audit.erase', params)
const list = async (client: WireClient, params: object = {}) =>
  (await client.call<AuditList>('audit.list', { limit: 500, ...params })).events

test('what the log told of a removed device is in no byte of the database any more, and the log verifies', async (context) => {
  const gateway = await openWithAddresses(context)
  const owner = await gateway.owner()
  const kept = await pair(gateway, { scopes, client: { id: 'cli', mode: 'cli', displayName: 'Desk' } })
  const deviceId = await pairAndRemove(gateway, owner)
  const files = ['pairgate.db', 'pairgate.db-wal'].map((name) => join(gateway.stateDir, name))
  const isInFiles = (text: string) => files.some((path) => readFileSync(path).includes(text))
  for (const text of NAMES) assert.equal(isInFiles(text), true, text)

  assert.deepEqual(await erase(owner, { deviceId, preview: true }), { events: 3 })
  assert.equal(
    (await list(owner, { deviceId })).some(({ erased }) => erased),
    false,
  )
  assert.deepEqual(await erase(owner, { deviceId }), { events: 3, traces: 'none' })

  for (const text of NAMES) assert.equal(isInFiles(text), false, text)
  assert.equal(isInFiles('Desk'), true)
  const [order, ...rest] = await list(owner, { deviceId })
  assert.deepEqual(
    rest.map(({ kind, erased, before, after }) => [kind, erased, before, after]),
    ['device-removed', 'device-renamed', 'pairing-approved'].map((kind) => [
      kind,
      true,
      undefined,
      undefined,
    ]),
  )
  assert.deepEqual(
    [order?.kind, order?.actor, order?.after],
    ['details-erased', 'owner', { count: 3, seq: 4 }],
  )
  const verdict = await verify(owner)
  assert.deepEqual(verdict, { ...verdict, ok: true, events: 5, erased: 3 })
  assert.equal((await list(owner, { deviceId: kept.device.id }))[0]?.after?.name, 'Desk')

  await gateway.restart()
  const again = await gateway.owner()
  assert.equal((await verify(again)).ok, true)
  assert.deepEqual(await erase(again, { deviceId, preview: true }), { events: 0 })
})

test('an admin erases by time; neither the order nor a recovery is ever erased, and they hold no address', async (context) => {
  const gateway = await openWithAddresses(context)
  const admin = await pair(gateway, { scopes: ['operator.admin'], extended: true })
  const { client } = admin
  await client.call('device.pair.rename', { deviceId: admin.device.id, label: 'Desk' })
  assert.equal((await list(client))[0]?.address, ADDRESS)
  const before = Date.now() + 60_000
  assert.equal((await erase(client, { before })).events, 2)
  assert.equal((await erase(client, { before })).events, 0)
  const [second, first, ...others] = await list(client)
  assert.deepEqual(
    [first?.after, second?.after],
    [
      { count: 2, seq: 2, untilMs: before },
      { count: 0, seq: 3, untilMs: before },
    ],
  )
  assert.deepEqual([first?.actor, first?.address], [`device:${admin.device.id}`, undefined])
  assert.ok(others.every(({ erased }) => erased))
  const verdict = await verify(client)
  assert.deepEqual(verdict, { ...verdict, ok: true, erased: 2 })
})

test('nobody but an admin erases, also not what is about himself, and nothing named erases nothing', async (context) => {
  const gateway = await openGateway(context)
  const { client, device } = await pair(gateway, { scopes: ['operator.pairing'], extended: true })
  const refused = await client.fail('audit.erase', { deviceId: device.id })
  assert.deepEqual([refused.code, refused.details?.['missingScope']], ['FORBIDDEN', 'operator.admin'])
  const plain = await pair(gateway, { scopes: ['operator.admin'] })
  assert.equal((await plain.client.fail('audit.erase', { before: 1 })).message, 'unknown method: audit.erase')
  const owner = await gateway.owner()
  assert.equal((await owner.fail('audit.erase', {})).message, 'deviceId or before required')
  assert.equal((await owner.fail('audit.erase', { preview: true })).message, 'deviceId or before required')
  assert.equal((await owner.fail('audit.erase', { deviceId: 'short' })).message, 'unknown deviceId')
  assert.deepEqual(
    (await list(owner)).map(({ kind, erased }) => [kind, erased]),
    [
      ['pairing-approved', undefined],
      ['pairing-approved', undefined],
    ],
  )
})

test('an admin who is revoked at the same time either erases or does not, and the log says which', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  for (let round = 0; round < 8; round += 1) {
    const { client, device } = await pair(gateway, { scopes: ['operator.admin'], extended: true })
    const [erasing] = await Promise.all([
      client.request('audit.erase', { deviceId: device.id }).catch(() => undefined),
      owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' }),
    ])
    const events = await list(owner, { deviceId: device.id })
    const ordered = events.some(({ kind }) => kind === 'details-erased')
    assert.equal(events.at(-1)?.erased ?? false, ordered)
    if (erasing?.ok) assert.equal(ordered, true)
  }
})

test('erasures at once with each other, with decisions and with verifications count every event once', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  const { device } = await pair(gateway, { scopes })
  const rename = (label: string) => owner.call('device.pair.rename', { deviceId: device.id, label })
  for (let n = 0; n < 300; n += 1) await rename(`name ${n}`)
  const admins = await Promise.all([gateway.owner(), gateway.owner(), gateway.owner()])
  const [one, other, verdicts] = await Promise.all([
    erase(admins[0], { deviceId: device.id }),
    erase(admins[1], { before: Date.now() + 60_000 }),
    Promise.all([verify(admins[2]), verify(admins[2]), verify(admins[2])]),
    ...[1, 2, 3, 4].map((n) => rename(`later ${n}`)),
  ])
  for (const verdict of verdicts) assert.equal(verdict.ok, true)
  const events = await list(owner)
  const gone = events.filter(({ erased }) => erased).length
  const counted = events.reduce((sum, { after }) => sum + (after?.count ?? 0), 0)
  assert.deepEqual([one.events + other.events, counted], [gone, gone])
  assert.ok(gone >= 301, `${gone} erased`)
  const verdict = await verify(owner)
  assert.deepEqual(verdict, { ...verdict, ok: true, erased: gone, events: 307 })
})
