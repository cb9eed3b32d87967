import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AuditList, AuditPruning, AuditVerdict } from '@pairgate/protocol/wire'
import { openGateway } from '../harness/gateway-of-test.ts'
import { pair, refusedConnect } from '../harness/pair.ts'
import type { WireClient } from '../harness/wire-client.ts'

const scopes = ['operator.read']
const verify = (client: WireClient) => client.call<AuditVerdict>('audit.verify')
const prune = (client: WireClient, params: object) => client.call<AuditPruning>('audit.prune', params)
const list = (client: WireClient) => client.call<AuditList>('audit.list', { limit: 500 })

test('pruned events are gone, the rest verifies, and a removed device stays a removed one', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  const removed = await pair(gateway, { scopes })
  await owner.call('device.pair.remove', { deviceId: removed.device.id })
  const back = await pair(gateway, { scopes })
  await owner.call('device.pair.remove', { deviceId: back.device.id })
  const again = await pair(gateway, { device: back.device, scopes })
  const reasonOf = async ({ device, token }: typeof removed) =>
    (await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })).details?.['authReason']

  assert.deepEqual(await prune(owner, { before: 1 }), { events: 0, from: 0, to: 0, traces: 'none' })
  const all = Date.now() + 60_000
  assert.deepEqual(await prune(owner, { before: all, preview: true }), { events: 5, from: 1, to: 5 })
  assert.deepEqual(await prune(owner, { before: all }), { events: 5, from: 1, to: 5, traces: 'none' })
  const { events, first, head } = await list(owner)
  assert.deepEqual([events.map(({ seq }) => seq), first, head.seq], [[6], 6, 6])
  const [order] = events
  assert.deepEqual(
    [order?.kind, order?.actor, order?.after?.count, order?.after?.seq],
    ['log-pruned', 'owner', 5, 5],
  )

  for (let start = 0; start < 2; start += 1) {
    assert.equal(await reasonOf(removed), 'token_removed')
    await again.client.end()
    const admin = await gateway.owner()
    const verdict = await verify(admin)
    assert.deepEqual(verdict, { ...verdict, ok: true, events: 1 + start, from: 6, to: 6 + start })
    await admin.call('device.pair.rename', { deviceId: back.device.id, label: `after ${start}` })
    await gateway.restart()
  }
  const admin = await gateway.owner()
  const twice = await prune(admin, { beforeSeq: 8 })
  assert.deepEqual([twice.events, twice.from, twice.to], [2, 6, 7])
  const verdict = await verify(admin)
  assert.ok(verdict.ok)
  assert.deepEqual([verdict.from, verdict.checkpoint?.seq, verdict.checkpoint?.event], [8, 7, 9])
  assert.equal(await reasonOf(removed), 'token_removed')
})

test('nobody but an admin prunes, and without a bound nothing goes', async (context) => {
  const gateway = await openGateway(context)
  const { client } = await pair(gateway, { scopes: ['operator.pairing'], extended: true })
  const refused = await client.fail('audit.prune', { beforeSeq: 2 })
  assert.deepEqual([refused.code, refused.details?.['missingScope']], ['FORBIDDEN', 'operator.admin'])
  const plain = await pair(gateway, { scopes: ['operator.admin'] })
  assert.equal(
    (await plain.client.fail('audit.prune', { beforeSeq: 2 })).message,
    'unknown method: audit.prune',
  )
  const owner = await gateway.owner()
  assert.equal((await owner.fail('audit.prune', {})).message, 'before or beforeSeq required')
  assert.equal((await list(owner)).first, 1)
})

test('pruning at once with decisions, verifications, erasures and another pruning leaves a log that verifies', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  const { device } = await pair(gateway, { scopes })
  const rename = (label: string) => owner.call('device.pair.rename', { deviceId: device.id, label })
  for (let n = 0; n < 1_200; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, k) => rename(`name ${n + k}`)))
  const [one, other, third] = await Promise.all([gateway.owner(), gateway.owner(), gateway.owner()])
  const verdicts: AuditVerdict[] = []
  const verifying = async () => {
    for (let n = 0; n < 6; n += 1) verdicts.push(await verify(third))
  }
  const [first, second] = await Promise.all([
    prune(one, { beforeSeq: 1_101 }),
    prune(other, { beforeSeq: 1_151 }),
    verifying(),
    third.call('audit.erase', { deviceId: device.id }),
    ...Array.from({ length: 20 }, (_, n) => rename(`later ${n}`)),
  ])
  assert.deepEqual([first.events, second.events, second.to], [1_100, 50, 1_150])
  for (const verdict of verdicts) assert.ok(verdict.ok, JSON.stringify(verdict))
  const verdict = await verify(owner)
  assert.deepEqual(verdict, { ...verdict, ok: true, from: 1_151, to: 1_201 + 20 + 3 })
  await gateway.restart()
  assert.equal((await verify(await gateway.owner())).ok, true)
})

test('an admin who is revoked at the same time prunes all of it or nothing', async (context) => {
  const gateway = await openGateway(context)
  const owner = await gateway.owner()
  for (let round = 0; round < 6; round += 1) {
    const { client, device } = await pair(gateway, { scopes: ['operator.admin'], extended: true })
    const { first, head } = await list(owner)
    await Promise.all([
      client.request('audit.prune', { beforeSeq: head.seq }).catch(() => undefined),
      owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' }),
    ])
    const after = await list(owner)
    const ordered = after.events.some(({ actor, kind }) => kind === 'log-pruned' && actor.endsWith(device.id))
    assert.equal(after.first, ordered ? head.seq : first)
    assert.equal((await verify(owner)).ok, true)
  }
})
