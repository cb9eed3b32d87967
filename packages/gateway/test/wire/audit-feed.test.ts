import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { AuditFeed, AuditList, FeedEntry } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { approve, askToPair, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { within } from '../harness/within.ts'
import { changeConfig, rewriteConfig } from '../settings/rewrite-config.ts'

const scopes = ['operator.read']
const TOKEN = 'the-shared-token'

async function feed(gateway: GatewayOfTest, limit = 500): Promise<readonly FeedEntry[]> {
  const owner = await gateway.owner()
  const { entries } = await owner.call<AuditFeed>('audit.feed', { limit })
  await owner.end()
  return entries
}
const find = (entries: readonly FeedEntry[], kind: string, reason?: string) =>
  entries.find((entry) => entry.kind === kind && (reason === undefined || entry.reason === reason))

/** Behind a proxy that says who asks. */
async function openBehindProxy(context: TestContext, limits: object = {}) {
  const gateway = await openGateway(context, {
    config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'], limits },
  })
  const from = (address: string): GatewayOfTest => ({
    ...gateway,
    owner: gateway.owner,
    open: (options) =>
      gateway.open({ ...options, headers: { 'x-forwarded-for': address, 'x-forwarded-proto': 'https' } }),
  })
  return { gateway, from }
}

test('requests are told from filing to eviction and expiry, and refused connects by reason, with address and count', async (context) => {
  const { gateway, from } = await openBehindProxy(context, { pendingInAll: 2, failuresPerPeer: 3 })
  const device = makeDevice()
  await askToPair(from('192.0.2.1'), { device, scopes })
  await askToPair(from('192.0.2.1'), { device, scopes })
  await askToPair(from('192.0.2.1'), { device: makeDevice(), scopes })
  await askToPair(from('192.0.2.2'), { device: makeDevice(), scopes })
  const { device: paired, token } = await pair(from('192.0.2.3'), { scopes })
  const owner = await gateway.owner()
  await owner.call('device.token.revoke', { deviceId: paired.id, role: 'operator' })
  for (let n = 0; n < 2; n += 1)
    await refusedConnect(from('192.0.2.3'), { device: paired, scopes, auth: { deviceToken: token } })
  for (let n = 0; n < 4; n += 1)
    await refusedConnect(from('2001:db8:1:2::9'), {
      auth: { token: 'wrong' },
      client: { id: 'cli', mode: 'cli' },
    })

  const entries = await feed(gateway)
  const filed = find(
    entries.filter(({ address }) => address === '192.0.2.1'),
    'request-filed',
    'not-paired',
  )
  assert.equal(filed?.count, 2)
  assert.deepEqual(find(entries, 'request-refreshed')?.deviceId, device.id)
  assert.equal(find(entries, 'request-evicted')?.address, '192.0.2.1')
  const revoked = find(entries, 'connect-refused', 'device-token-mismatch:revoked')
  assert.deepEqual([revoked?.address, revoked?.deviceId, revoked?.count], ['192.0.2.3', paired.id, 2])
  assert.ok(revoked && revoked.firstAt <= revoked.lastAt)
  const guessed = find(entries, 'connect-refused', 'token-mismatch:mismatch')
  assert.deepEqual([guessed?.address, guessed?.count, guessed?.deviceId], ['2001:db8:1:2::/64', 3, undefined])
  assert.equal(find(entries, 'connect-refused', 'rate-limited')?.count, 1)
  assert.deepEqual(find(entries, 'locked-out')?.address, '2001:db8:1:2::/64')

  const said = JSON.stringify(entries)
  for (const secret of [token, TOKEN, 'wrong']) assert.ok(!said.includes(secret), secret)
  const { events } = await owner.call<AuditList>('audit.list')
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['token-revoked', 'pairing-approved'],
  )
})

test('what is no connect, takes too long or comes with a foreign name is told too', async (context) => {
  const gateway = await openGateway(context)
  await changeConfig(gateway, { limits: { handshakeMs: 10 } })
  const late = gateway.open()
  await within(late.closed, () => 'the end of the handshake')
  // Nobody else is to be hurried: without the owner, who might be late as well.
  rewriteConfig(gateway, {})
  gateway.running.reload()
  const garbage = gateway.open()
  await garbage.challenge
  garbage.socket.send('{"type":"req","id":"1","method":"health","params":{}}')
  await within(garbage.closed, () => 'the close')
  const foreign = gateway.open({ headers: { host: 'evil.example' } })
  await assert.rejects(foreign.challenge)

  const entries = await feed(gateway)
  assert.equal(find(entries, 'connect-refused', 'handshake-timeout')?.address, 'loopback')
  assert.equal(find(entries, 'connect-refused', 'not-a-connect')?.address, 'loopback')
  assert.equal(find(entries, 'upgrade-refused')?.address, 'loopback')
})

test('nobody but an admin reads it, and other clients do not know it', async (context) => {
  const gateway = await openGateway(context)
  const own = await pair(gateway, { scopes: ['operator.pairing', 'operator.read'], extended: true })
  const refused = await own.client.fail('audit.feed')
  assert.deepEqual([refused.code, refused.details?.['missingScope']], ['FORBIDDEN', 'operator.admin'])
  const narrow = await gateway.owner({ scopes: ['operator.pairing'] })
  assert.equal((await narrow.fail('audit.feed')).code, 'FORBIDDEN')
  const plain = await pair(gateway, { scopes: ['operator.admin'] })
  assert.equal((await plain.client.fail('audit.feed')).message, 'unknown method: audit.feed')
  const node = await pair(gateway, { role: 'node', extended: true })
  assert.equal((await node.client.fail('audit.feed')).message, 'unauthorized role: node')
})

test('a flood from hundreds of addresses at once fills few rows, and every one of it is counted (T14)', async (context) => {
  const { gateway, from } = await openBehindProxy(context)
  const flood = 250
  const ask = (n: number) => askToPair(from(`198.51.100.${n}`), { device: makeDevice(), scopes })
  for (let n = 0; n < flood; n += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => ask(n + k)))
  const entries = (await feed(gateway)).filter(({ kind }) => kind === 'request-filed')
  assert.equal(
    entries.reduce((sum, { count }) => sum + count, 0),
    flood,
  )
  assert.ok(entries.every(({ address, count }) => address === 'others' || count === 1))
})

test('a stop writes down what was noted until then, and a restart knows it', async (context) => {
  const gateway = await openGateway(context)
  const device = makeDevice()
  // Asked while the stop is under way as well: whoever was answered is in the feed.
  const asking = Promise.all([
    askToPair(gateway, { device, scopes }),
    askToPair(gateway, { device: makeDevice(), scopes }),
  ])
  await asking
  await Promise.all([gateway.stop(), refusedConnect(gateway, { device, scopes }).catch(() => undefined)])
  await gateway.restart()
  assert.equal(find(await feed(gateway), 'request-filed')?.count, 2)
})

test('an erasure takes along what the feed says of a device, and old entries go by themselves', async (context) => {
  const gateway = await openGateway(context, { config: { feed: { keepDays: 1, maxRows: 1 } } })
  const device = makeDevice()
  const { requestId } = await askToPair(gateway, { device, scopes })
  await approve(gateway, requestId)
  assert.equal(find(await feed(gateway), 'request-filed')?.deviceId, device.id)
  const owner = await gateway.owner()
  await owner.call('audit.erase', { deviceId: device.id })
  assert.deepEqual(await feed(gateway), [])

  await gateway.stop()
  const database = new DatabaseSync(join(gateway.stateDir, 'pairgate.db'))
  const row = (lastAt: number) =>
    `insert into feed (span, kind, reason, prefix, count, first_at, last_at) values (${lastAt}, 'x', '', 'p', 1, 1, ${lastAt})`
  const now = Date.now()
  for (const at of [1, now - 90_000_000, now - 2, now - 1]) database.exec(row(at))
  database.close()
  await gateway.restart()
  assert.deepEqual(
    (await feed(gateway)).map(({ lastAt }) => lastAt),
    [now - 1],
  )
})
