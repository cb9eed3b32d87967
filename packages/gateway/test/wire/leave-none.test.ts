import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import type { InviteResult, MigrateStatus } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { type HeldTime, holdSweepers, holdTime, type RunSweepers } from '../harness/hold-time.ts'
import { approve, askToPair, connectPaired, refusedConnect } from '../harness/pair.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { changeConfig } from '../settings/rewrite-config.ts'

const DAY = 86_400_000
const EVERYTHING = ['operator.admin', 'operator.pairing', 'operator.talk.secrets', 'operator.read']
const PLAIN = ['operator.read', 'operator.write']
const PROXY = { headers: { 'x-forwarded-for': '192.0.2.7' } }

const day = (n: number) => new Date(Date.now() + n * DAY).toISOString()
const leaving = (observe: number, warn: number, enforce: number) => ({
  mode: 'none',
  leaveNone: { observe: day(observe), warn: day(warn), enforce: day(enforce) },
})

function enter(gateway: GatewayOfTest, device: TestDevice, scopes: readonly string[] = PLAIN) {
  const client = gateway.open()
  return client.hello({ device, scopes, extended: true }).then((hello) => ({ client, hello }))
}

const gateway = await openGateway(
  { after },
  { config: { auth: leaving(-1, 5, 9), trustedProxies: ['127.0.0.2'] } },
)
const owner = await gateway.owner()

describe('without a pairing, on the way out of mode none', () => {
  test('an unknown device comes in, and is a request that an operator sees with what it asks for', async () => {
    const device = makeDevice()
    const { client, hello } = await enter(gateway, device)
    const { pending } = await owner.call<{ pending: Record<string, unknown>[] }>('device.pair.list')
    const request = pending.find(({ deviceId }) => deviceId === device.id)

    assert.equal(hello.auth.method, 'none')
    assert.equal(hello.auth.deviceToken, undefined)
    assert.deepEqual(hello.auth.unpaired?.requestId, request?.['requestId'])
    assert.equal(hello.auth.unpaired?.stage, 'observe')
    assert.deepEqual(request?.['scopes'], PLAIN)
    assert.equal((await client.request('status')).ok, true)
    // However often it comes back, it asks once.
    await enter(gateway, device)
    const again = await owner.call<{ pending: Record<string, unknown>[] }>('device.pair.list')
    assert.equal(again.pending.filter(({ deviceId }) => deviceId === device.id).length, 1)
  })

  test('it gets nothing with which it could stay: no approval, no invitation, no token, no audit', async () => {
    const device = makeDevice()
    const { client, hello } = await enter(gateway, device, EVERYTHING)
    assert.ok(hello.auth.scopes.includes('operator.write'), 'what admin brings along is kept')
    for (const scope of ['operator.admin', 'operator.pairing', 'operator.talk.secrets'])
      assert.ok(!hello.auth.scopes.includes(scope), scope)
    const requestId = String(hello.auth.unpaired?.requestId)
    const tries = {
      'device.pair.approve': { requestId },
      'device.pair.reject': { requestId },
      'device.pair.list': {},
      'device.pair.invite': {},
      'device.pair.claimCode': {},
      'device.pair.remove': { deviceId: device.id },
      'device.token.rotate': { deviceId: device.id, role: 'operator' },
      'device.token.revoke': { deviceId: device.id, role: 'operator' },
      'device.token.access': {},
      'device.scopes.requestUpgrade': { scopes: ['operator.admin'] },
      'audit.list': {},
      'config.reload': {},
      'sessions.create': { key: 'mine' },
      'gateway.figures': {},
    }
    for (const [method, params] of Object.entries(tries))
      assert.equal((await client.request(method, params)).ok, false, method)
  })

  test('a backend without a device comes in as before, but is the owner no more', async () => {
    const client = gateway.open()
    const hello = await client.hello({
      client: { id: 'gateway-client', mode: 'backend' },
      scopes: EVERYTHING,
    })
    assert.ok(!hello.auth.scopes.includes('operator.admin'))
    assert.ok(!hello.auth.scopes.includes('operator.pairing'))
    assert.equal((await client.request('device.pair.list')).ok, false)
    assert.equal((await client.request('status')).ok, true)
  })

  test('it is in the session main alone, and knows of nobody else there', async () => {
    await owner.call('sessions.create', { key: 'secret-room' })
    const { client, hello } = await enter(gateway, makeDevice())
    assert.equal(hello.auth.session, 'main')
    await client.call('chat.send', { message: 'from a stranger', idempotencyKey: 'one' })
    assert.equal((await client.request('chat.history', { sessionKey: 'secret-room' })).ok, false)
    assert.ok(!JSON.stringify(await client.call('sessions.list')).includes('secret-room'))
    const other = await enter(gateway, makeDevice())
    assert.ok(!JSON.stringify(await other.client.call('system-presence')).includes(hello.server.connId))
    const read = await owner.call('chat.history')
    assert.ok(JSON.stringify(read).includes('from a stranger'))
  })

  test('a secret from before is overlooked, and a node comes in too', async () => {
    for (const auth of [{ token: 'stale' }, { deviceToken: 'stale' }, { password: 'stale' }]) {
      const client = gateway.open()
      await client.hello({ device: makeDevice(), scopes: PLAIN, auth })
    }
    await gateway.open().hello({ device: makeDevice(), role: 'node' })
  })

  test('a device that was rejected is put out, and from then on asks like everybody else', async () => {
    const device = makeDevice()
    const { client, hello } = await enter(gateway, device)
    const bystander = await enter(gateway, makeDevice())
    await owner.call('device.pair.reject', { requestId: hello.auth.unpaired?.requestId })
    assert.equal((await client.closed).code, 4001)
    assert.equal(bystander.client.isOpen, true)
    const { requestId } = await askToPair(gateway, { device, scopes: PLAIN })
    // An approval is the way back.
    await approve(gateway, requestId)
    assert.ok((await gateway.open().hello({ device, scopes: PLAIN })).auth.deviceToken)
  })

  test('a device that was revoked or removed is put out, also over the connection that it has', async () => {
    for (const method of ['device.token.revoke', 'device.pair.remove']) {
      const device = makeDevice()
      const { client, hello } = await enter(gateway, device)
      await approve(gateway, String(hello.auth.unpaired?.requestId))
      assert.equal(client.isOpen, true)
      await owner.call(method, { deviceId: device.id, ...(method.includes('token') && { role: 'operator' }) })
      assert.equal((await client.closed).code, 4001)
      await askToPair(gateway, { device, scopes: PLAIN })
    }
  })

  test('a device that was approved in one role still comes in in the other, until it is put out', async () => {
    const device = makeDevice()
    const { hello } = await enter(gateway, device)
    await approve(gateway, String(hello.auth.unpaired?.requestId))
    const paired = gateway.open()
    assert.ok((await paired.hello({ device, scopes: PLAIN })).auth.deviceToken)
    const node = gateway.open()
    const asNode = await node.hello({ device, role: 'node', extended: true })
    assert.equal(asNode.auth.unpaired?.stage, 'observe')
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    for (const { closed } of [paired, node]) assert.equal((await closed).code, 4001)
    const { error } = await gateway.open().connect({ device, role: 'node' })
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED')
  })

  test('nobody comes in from elsewhere, nor through a proxy that names nobody (T40)', async () => {
    const elsewhere = gateway.open({ headers: { host: `192.0.2.1:${gateway.port}` } })
    const { error } = await elsewhere.connect({ device: makeDevice(), scopes: PLAIN })
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED')
  })
})

describe('mode none behind a trusted proxy (T40)', () => {
  test('whom the proxy names comes in until the end, and who only has its address does not', async (t) => {
    const config = { auth: leaving(-1, 5, 9), trustedProxies: ['127.0.0.1'] }
    const gateway = await openGateway(t, { config })
    const hello = await gateway.open(PROXY).hello({ device: makeDevice(), scopes: EVERYTHING })
    assert.ok(hello.auth.scopes.includes('operator.read') && !hello.auth.scopes.includes('operator.admin'))
    await askToPair(gateway, { device: makeDevice(), scopes: PLAIN })
    const backend = { client: { id: 'gateway-client', mode: 'backend' }, scopes: PLAIN }
    const { error } = await gateway.open(PROXY).connect(backend)
    assert.equal(error?.details?.['code'], 'DEVICE_IDENTITY_REQUIRED')
  })

  test('nobody comes through it before the first date', async (t) => {
    const gateway = await openGateway(t, {
      config: { auth: leaving(1, 5, 9), trustedProxies: ['127.0.0.1'] },
    })
    const { error } = await gateway.open(PROXY).connect({ device: makeDevice(), scopes: PLAIN })
    assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED')
  })

  test('without an end the gateway does not start', async (t) => {
    const config = { auth: { mode: 'none' }, trustedProxies: ['127.0.0.1'] }
    await assert.rejects(openGateway(t, { config }), /everybody who reaches it would be let in/)
  })
})

describe('the book of guests', () => {
  const rowsOf = async (from: WireClient) => {
    const { guests } = await from.call<MigrateStatus>('migrate.status')
    return (id: string) => guests.find(({ deviceId, clientId }) => deviceId === id || clientId === id)
  }

  test('says who came, how often, what for, and what would become of him today', async (t) => {
    const gateway = await openGateway(t, { config: { auth: leaving(-1, 5, 9) } })
    const owner = await gateway.owner()
    const [waiting, rejected, narrowed, paired, node] = [1, 2, 3, 4, 5].map(makeDevice) as [
      TestDevice,
      TestDevice,
      TestDevice,
      TestDevice,
      TestDevice,
    ]
    const asked = async (device: TestDevice) =>
      String((await enter(gateway, device)).hello.auth.unpaired?.requestId)
    await asked(waiting)
    const { client } = await enter(gateway, waiting)
    await client.call('status')
    await client.call('status')
    await client.request('device.pair.list')
    await owner.call('device.pair.reject', { requestId: await asked(rejected) })
    await approve(gateway, await asked(narrowed), { scopes: ['operator.read'] })
    await approve(gateway, await asked(paired))
    const approved = (await rowsOf(owner))(paired.id)
    const fetched = await gateway.open().hello({ device: paired, scopes: PLAIN })
    await connectPaired(gateway, { device: paired, token: String(fetched.auth.deviceToken), scopes: PLAIN })
    await gateway.open().hello({ device: node, role: 'node' })
    const backend = gateway.open()
    await backend.hello({ client: { id: 'gateway-client', mode: 'backend' }, scopes: EVERYTHING })
    await backend.call('status')

    const check = async (from: WireClient) => {
      const row = await rowsOf(from)
      const { firstSeenMs, lastSeenMs, requestId, fingerprint, ...rest } = row(waiting.id) ?? assert.fail()
      assert.ok(firstSeenMs < lastSeenMs && requestId && fingerprint)
      assert.deepEqual(rest, {
        deviceId: waiting.id,
        platform: 'linux',
        clientId: 'test',
        clientMode: 'test',
        connects: 2,
        connected: rest.connected,
        roles: ['operator'],
        scopes: PLAIN,
        // What it may not call it has not called.
        methods: { status: 2 },
        state: 'waiting',
        wouldBeLockedOut: true,
      })
      const judged = [rejected, narrowed, paired, node].map(({ id }) => [
        row(id)?.state,
        row(id)?.wouldBeLockedOut,
      ])
      assert.deepEqual(judged, [
        ['turned-away', false],
        ['narrowed', true],
        ['paired', false],
        ['waiting', true],
      ])
      assert.deepEqual(row(node.id)?.roles, ['node'])
      const keyless = row('gateway-client')
      assert.deepEqual([keyless?.state, keyless?.scopes], ['no-identity', EVERYTHING])
      assert.deepEqual(keyless?.methods, { status: 1 })
    }
    assert.equal(approved?.state, 'approved')
    await check(owner)
    // Nobody else is told of it.
    for (const caller of [client, backend]) assert.equal((await caller.request('migrate.status')).ok, false)

    await gateway.restart()
    const again = await gateway.owner()
    await check(again)
    // To be forgotten is to be gone from here too.
    await again.call('audit.erase', { deviceId: waiting.id })
    assert.equal((await rowsOf(again))(waiting.id), undefined)
  })

  test('is empty where nobody was let in, and says so in every mode', async (t) => {
    const gateway = await openGateway(t)
    await askToPair(gateway, { device: makeDevice(), scopes: PLAIN })
    const { nowMs, ...status } = await (await gateway.owner()).call<MigrateStatus>('migrate.status')
    assert.ok(nowMs > 0)
    assert.deepEqual(status, {
      authMode: 'pairing',
      stage: null,
      dates: null,
      pairedDevices: 0,
      wouldBeLockedOut: 0,
      guests: [],
      unlisted: 0,
    })
  })
})

interface House {
  readonly time: HeldTime
  readonly sweepAll: RunSweepers
  readonly gateway: GatewayOfTest
}

describe('the dates', () => {
  async function open(context: TestContext, auth: () => object): Promise<House> {
    const time = holdTime(context)
    const sweepAll = holdSweepers(context)
    return { time, sweepAll, gateway: await openGateway(context, { config: { auth: auth() } }) }
  }
  const told = ({ client }: { client: WireClient }) => client.events('device.pair.due').length

  test('put everybody out in time who is not paired, and let back in who was approved', async (t) => {
    const { time, sweepAll, gateway } = await open(t, () => leaving(0, 1, 2))
    const approved = makeDevice()
    const first = await enter(gateway, approved)
    await approve(gateway, String(first.hello.auth.unpaired?.requestId))
    const stranger = await enter(gateway, makeDevice())
    const plain = gateway.open()
    await plain.hello({ device: makeDevice(), scopes: PLAIN })

    time.advance(DAY)
    sweepAll()
    await eventually(() => told(stranger) === 1, 'the event that tells when it ends')
    const warned = await enter(gateway, makeDevice())
    assert.equal(warned.hello.auth.unpaired?.stage, 'warn')
    assert.equal(plain.events('device.pair.due').length, 0)
    await eventually(
      () => gateway.logged.filter((line) => line.includes('let in without a pairing')).length >= 4,
      'a line for each of them',
    )

    time.advance(DAY)
    // Falls closed: no sweeper has run yet.
    stranger.client.send({ type: 'req', id: 'late', method: 'status' })
    assert.deepEqual(await stranger.client.closed, { code: 4001, reason: 'gateway auth changed' })
    await refusedAs(gateway, makeDevice())
    const back = await gateway.open().hello({ device: approved, scopes: PLAIN })
    assert.ok(back.auth.deviceToken)
    await connectPaired(gateway, { device: approved, token: back.auth.deviceToken, scopes: PLAIN })
    sweepAll()
    assert.equal((await first.client.closed).code, 4001)
    assert.equal((await warned.client.closed).code, 4001)
    const status = await (await gateway.owner()).call<{ authMode: string }>('status')
    assert.equal(status.authMode, 'pairing')
  })

  test('are not undone by a clock that is set back, nor by a start after that', async (t) => {
    const { time, sweepAll, gateway } = await open(t, () => leaving(-2, -1, 1))
    await enter(gateway, makeDevice())
    time.advance(DAY + 1_000)
    sweepAll()
    await eventually(() => gateway.logged.some((line) => line.includes('has ended')), 'the stage in the log')
    time.jump(-30 * DAY)
    await refusedAs(gateway, makeDevice())
    await gateway.restart()
    await refusedAs(gateway, makeDevice())
  })

  test('that are set while it runs put out who came in without them, as the owner', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { mode: 'none' } } })
    const backend = gateway.open()
    const asBackend = {
      client: { id: 'gateway-client', mode: 'backend' },
      scopes: EVERYTHING,
      extended: true,
    }
    assert.deepEqual((await backend.hello(asBackend)).auth.scopes, EVERYTHING)
    const device = gateway.open()
    await device.hello({ device: makeDevice(), scopes: EVERYTHING })
    const { secret } = await backend.call<InviteResult>('device.pair.invite', { scopes: PLAIN })

    assert.ok((await changeConfig(gateway, { auth: leaving(-1, 1, 2) })).ok)
    for (const client of [backend, device])
      assert.deepEqual(await client.closed, { code: 4001, reason: 'gateway auth changed' })
    // What it handed out as the owner is worth nothing any more.
    const auth = { bootstrapToken: secret }
    const invited = await gateway.open().connect({ device: makeDevice(), scopes: PLAIN, auth })
    assert.equal(invited.error?.details?.['code'], 'AUTH_BOOTSTRAP_TOKEN_INVALID')
  })

  test('that make no sense are refused, with the command that sets them', async (t) => {
    const gateway = await openGateway(t, { config: { auth: { mode: 'none' } } })
    const refused = async (leaveNone: object) => {
      const report = await changeConfig(gateway, { auth: { mode: 'none', leaveNone } })
      assert.ok(!report.ok)
      return report.problem
    }
    assert.match(await refused({ enforce: day(1) }), /all of its three dates.*openclaw config set/)
    assert.match(await refused({ observe: day(2), warn: day(1), enforce: day(3) }), /out of order/)
    assert.match(await refused({ observe: day(0), warn: day(1), enforce: day(91) }), /more than 90 days/)
    assert.match(await refused({ observe: 'soon', warn: day(1), enforce: day(2) }), /no such time|is "soon"/)
  })
})

async function refusedAs(gateway: GatewayOfTest, device: TestDevice): Promise<void> {
  const error = await refusedConnect(gateway, { device, scopes: PLAIN })
  assert.equal(error.details?.['code'], 'PAIRING_REQUIRED')
}
