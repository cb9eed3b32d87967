import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { startPostgres } from '@pairgate/store/testing'
import { type GatewayOptions, openGateway } from '../harness/gateway-of-test.ts'
import { connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose, type WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { isLive, mountSmallDisk, otherTrouble, outages, readiness, soundEvents } from './fault-tools.ts'

const server = await startPostgres({ after })
const scopes = ['operator.read', 'operator.pairing']
const AWAY = { status: 503, failing: ['database'] }

/** A gateway on a database of its own, with one paired device; `words` of the session, such as `lock_timeout`. */
async function openHouse(context: TestContext, words = '', options: GatewayOptions = {}) {
  const url = await server.freshDatabase()
  const gateway = await openGateway(context, { env: { DATABASE_URL: `${url}?${words}` }, ...options })
  const paired = await pair(gateway, { scopes })
  const owner = await gateway.owner()
  return { gateway, paired, owner, name: new URL(url).pathname.slice(1) }
}
type House = Awaited<ReturnType<typeof openHouse>>

const rename = (owner: WireClient, { device }: House['paired'], label: string) =>
  owner.request('device.pair.rename', { deviceId: device.id, label })

/** Ends the gateway's connections to its database; with `but` all except those. */
const endConnections = (name: string, but = 'false') =>
  server.endConnections(name, `application_name = 'pairgate' and not (${but})`)

/** Newcomers and the paired are told to come again, calls too, and nobody is thrown out. */
async function expectNoService({ gateway, owner, paired }: House): Promise<void> {
  const { device, token } = paired
  const told = await Promise.all([
    rename(owner, paired, 'lost'),
    paired.client.request('device.pair.list'),
    ...[makeDevice(), makeDevice(), device].map(async (one) => {
      const client = gateway.open()
      const auth = one === device ? { auth: { deviceToken: token } } : {}
      const answer = await client.connect({ device: one, scopes, ...auth })
      await expectClose(client, 1013, 'try again later')
      return answer
    }),
  ])
  for (const { error } of told)
    assert.deepEqual(error, {
      code: 'UNAVAILABLE',
      message: 'gateway is unavailable; retry later',
      retryable: true,
      retryAfterMs: 2_000,
    })
  assert.deepEqual(await readiness(gateway), AWAY)
  assert.equal(await isLive(gateway), true)
}

async function expectService({ gateway, owner, paired }: House): Promise<void> {
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  assert.equal((await rename(owner, paired, 'kept')).ok, true)
  assert.equal((await paired.client.request('device.pair.list')).ok, true)
  const back = await connectPaired(gateway, { device: paired.device, token: paired.token, scopes })
  await back.client.end()
  await pair(gateway, { scopes })
  assert.deepEqual(otherTrouble(gateway), [])
}

test('while the server is away everybody is told so, and served again when it is back', async (context) => {
  const house = await openHouse(context)
  await server.stop()
  try {
    await expectNoService(house)
  } finally {
    await server.start()
  }
  await expectService(house)
  assert.deepEqual(outages(house.gateway), [1, 1])
  assert.equal(await soundEvents(house.gateway), 3)
})

test('a server that is killed loses nothing that was answered', async (context) => {
  const house = await openHouse(context)
  const known: string[] = []
  for (let round = 0; round < 3; round += 1) {
    const [file] = await server.ask(`select pg_read_file('postmaster.pid') as text`)
    const pid = Number.parseInt(String(file?.['text']), 10)
    const going = Array.from({ length: 40 }, async (_, n) => {
      const label = `round ${round} rename ${n}`
      if ((await rename(house.owner, house.paired, label)).ok) known.push(label)
    })
    await pause(10 + 20 * round)
    process.kill(pid, 'SIGKILL')
    await Promise.all(going)
    await eventually(
      () =>
        server.start().then(
          () => true,
          () => false,
        ),
      'a server that starts again',
    )
    await eventually(async () => (await readiness(house.gateway)).status === 200, 'readiness')
  }
  await expectService(house)
  await soundEvents(house.gateway)
  const owner = await house.gateway.owner()
  const { events } = await owner.call<{ events: { after?: { name?: string } }[] }>('audit.list', {
    limit: 500,
  })
  const labels = new Set(events.map((event) => event.after?.name))
  assert.deepEqual(
    known.filter((label) => !labels.has(label)),
    [],
  )
  context.diagnostic(`${known.length} of 120 renames were acknowledged over 3 kills`)
})

test('a server that has become a standby is not believed', async (context) => {
  const house = await openHouse(context)
  const restartAs = async (isStandby: boolean) => {
    await server.stop()
    server.setStandby(isStandby)
    await server.start()
  }
  await restartAs(true)
  try {
    await expectNoService(house)
  } finally {
    await restartAs(false)
  }
  await expectService(house)
})

test('a server that has become read-only is not written to, and not believed', async (context) => {
  const house = await openHouse(context)
  await server.ask(`alter database ${house.name} set default_transaction_read_only = on`)
  await endConnections(house.name)
  await expectNoService(house)
  await server.ask(`alter database ${house.name} reset default_transaction_read_only`)
  await expectService(house)
})

test('connections that are killed under decisions cost some of them, and leave the log sound', async (context) => {
  const { gateway, owner, paired, name } = await openHouse(context)
  let isOver = false
  const killing = (async () => {
    while (!isOver) {
      await endConnections(name)
      await pause(20)
    }
  })()
  const known: string[] = []
  for (let n = 0; n < 150; n += 1) {
    const label = `label ${n}`
    const { ok, error } = await rename(owner, paired, label)
    if (ok) known.push(label)
    else assert.equal(error?.code, 'UNAVAILABLE')
  }
  isOver = true
  await killing
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  await soundEvents(gateway)
  const { events } = await owner.call<{ events: { after?: { name?: string } }[] }>('audit.list', {
    limit: 500,
  })
  const labels = new Set(events.map((event) => event.after?.name))
  assert.deepEqual(
    known.filter((label) => !labels.has(label)),
    [],
  )
  context.diagnostic(`${known.length} of 150 renames were acknowledged`)
  assert.deepEqual(otherTrouble(gateway), [])
})

test('a lock of somebody else refuses all who wait for it at once, and no reads', async (context) => {
  const house = await openHouse(context, 'lock_timeout=500')
  const { gateway, owner, paired, name } = house
  const release = await server.hold('select id from append_lock for update', name)
  try {
    const waiting = Promise.all(Array.from({ length: 50 }, (_, n) => rename(owner, paired, `lost ${n}`)))
    assert.equal((await paired.client.request('device.pair.list')).ok, true)
    const answers = await waiting
    assert.ok(answers.every(({ error }) => error?.code === 'UNAVAILABLE'))
    assert.deepEqual(await readiness(gateway), AWAY)
  } finally {
    await release()
  }
  await expectService(house)
  assert.equal(await soundEvents(gateway), 3)
})

test('a revocation that was committed closes the gates, although nobody could be told of it (T23)', async (context) => {
  const { gateway, owner, paired, name } = await openHouse(context)
  // The connection that writes goes on; what is read after the commit finds no way to the server.
  const isWriter = `pid in (select pid from pg_locks where locktype = 'advisory')`
  await server.ask(`alter database ${name} connection limit 1`)
  await endConnections(name, isWriter)
  const params = { deviceId: paired.device.id, role: 'operator' }
  const { error } = await owner.request('device.token.revoke', params)
  assert.equal(error?.code, 'UNAVAILABLE')
  assert.equal(paired.client.isOpen, true)

  await server.ask(`alter database ${name} connection limit -1`)
  await expectClose(paired.client, 4001, 'device removed')
  const { device, token } = paired
  const refused = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
  assert.equal(refused.details?.['authReason'], 'token_revoked')
  assert.equal(await soundEvents(gateway), 2)
})

test('a full disk under the state directory keeps nobody from revoking in a database elsewhere', async (context) => {
  const dir = mountSmallDisk(context, '1m')
  if (dir === undefined) return context.skip('this user may not mount a small disk')
  const { gateway, owner, paired } = await openHouse(context, '', { stateDir: join(dir, 'state') })
  const ballast = join(dir, 'ballast')
  assert.throws(() => writeFileSync(ballast, Buffer.alloc(2 * 1_024 * 1_024)), /ENOSPC/)
  await owner.call('device.token.revoke', { deviceId: paired.device.id, role: 'operator' })
  await expectClose(paired.client, 4001, 'device removed')
  assert.deepEqual(await readiness(gateway), { status: 503, failing: ['event-head'] })
  rmSync(ballast)
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  await gateway.restart()
  assert.equal(await soundEvents(gateway), 2)
})
