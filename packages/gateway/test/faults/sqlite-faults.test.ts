import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type GatewayOptions, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { expectClose } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import {
  isLive,
  mountSmallDisk,
  otherTrouble,
  outages,
  readiness,
  soundEvents,
  startLockHolder,
} from './fault-tools.ts'

const scopes = ['operator.read', 'operator.pairing']
const READY = { status: 200, failing: [] }
const AWAY = { status: 503, failing: ['database'] }
const GATEWAY_UNAVAILABLE = {
  code: 'UNAVAILABLE',
  message: 'gateway is unavailable; retry later',
  retryable: true,
  retryAfterMs: 2_000,
}
const CHAIN_OF_ONE = 1

/** A gateway with one paired device, and an owner who decides. */
async function openHouse(context: TestContext, options: GatewayOptions = {}) {
  const gateway = await openGateway(context, options)
  const paired = await pair(gateway, { scopes })
  const owner = await gateway.owner()
  assert.deepEqual(await readiness(gateway), READY)
  return { gateway, owner, paired, file: join(gateway.stateDir, 'pairgate.db') }
}
type House = Awaited<ReturnType<typeof openHouse>>

const rename = (owner: WireClient, { device }: House['paired'], label: string) =>
  owner.request('device.pair.rename', { deviceId: device.id, label })

async function labelOf(owner: WireClient): Promise<unknown> {
  const { paired } = await owner.call<{ paired: { operatorLabel?: string }[] }>('device.pair.list')
  return paired[0]?.operatorLabel
}

/** While nothing can be written: no decision, no newcomer, and everybody else goes on. */
async function expectReadOnlyService({ gateway, owner, paired }: House): Promise<void> {
  const stranger = gateway.open()
  const refusals = Promise.all([
    stranger.connect({ device: makeDevice(), scopes }),
    ...Array.from({ length: 20 }, (_, n) => rename(owner, paired, `lost ${n}`)),
  ])
  assert.equal(await labelOf(owner), undefined)
  assert.equal((await paired.client.request('device.pair.list')).ok, true)
  const { device, token } = paired
  const back = await connectPaired(gateway, { device, token, scopes })
  await back.client.end()

  for (const { error } of await refusals) assert.deepEqual(error, GATEWAY_UNAVAILABLE)
  await expectClose(stranger, 1013, 'try again later')
  assert.deepEqual(await readiness(gateway), AWAY)
  assert.equal(await isLive(gateway), true)
}

/** By itself, and with nothing of what had failed. */
async function expectRecovered({ gateway, owner, paired }: House, outagesSeen = 1): Promise<void> {
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  assert.equal(await labelOf(owner), undefined)
  assert.equal(await soundEvents(gateway), CHAIN_OF_ONE)
  assert.equal((await rename(owner, paired, 'kept')).ok, true)
  await pair(gateway, { scopes })
  assert.deepEqual(outages(gateway), [outagesSeen, outagesSeen])
  assert.deepEqual(otherTrouble(gateway), [])
  await gateway.restart()
  assert.equal(await soundEvents(gateway), CHAIN_OF_ONE + 2)
}

test('a lock that is shorter than our patience delays a decision, and bursts of locks delay many', async (context) => {
  const { gateway, owner, paired, file } = await openHouse(context)
  const holder = startLockHolder(context, file)
  await holder.take()
  const waiting = rename(owner, paired, 'late')
  await pause(300)
  await holder.release()
  assert.equal((await waiting).ok, true)

  let isOver = false
  const bursts = (async () => {
    while (!isOver) {
      await holder.take()
      await pause(40)
      await holder.release()
    }
  })()
  const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => rename(owner, paired, `burst ${n}`)))
  isOver = true
  await bursts
  assert.ok(answers.every(({ ok }) => ok))
  assert.equal(await soundEvents(gateway), CHAIN_OF_ONE + 31)
  assert.deepEqual(outages(gateway), [0, 0])
})

test('a lock that is longer than our patience refuses what writes, all who wait at once, and nothing else', async (context) => {
  const house = await openHouse(context)
  const holder = startLockHolder(context, house.file)
  await holder.take()
  await expectReadOnlyService(house)
  await holder.release()
  await expectRecovered(house)
})

test('a full disk refuses decisions, and room on it is all that is needed', async (context) => {
  const dir = mountSmallDisk(context, '2m')
  if (dir === undefined) return context.skip('this user may not mount a small disk')
  const house = await openHouse(context, { stateDir: join(dir, 'state') })
  const ballast = join(dir, 'ballast')
  fill(ballast)
  // What is left of the last block may hold a few decisions more.
  for (let n = 0; (await readiness(house.gateway)).status === 200; n += 1) {
    assert.ok(n < 100, 'a full disk was never noticed')
    await pair(house.gateway, { scopes }).catch(() => undefined)
  }
  const { error } = await rename(house.owner, house.paired, 'x'.repeat(60))
  assert.equal(error?.code, 'UNAVAILABLE')
  assert.equal(await labelOf(house.owner), undefined)
  assert.equal((await house.paired.client.request('device.pair.list')).ok, true)
  assert.deepEqual((await readiness(house.gateway)).status, 503)
  rmSync(ballast)
  await eventually(async () => (await readiness(house.gateway)).status === 200, 'readiness')
  assert.equal((await rename(house.owner, house.paired, 'kept')).ok, true)
  await soundEvents(house.gateway)
  assert.deepEqual(otherTrouble(house.gateway), [])
  await house.gateway.restart()
  await soundEvents(house.gateway)
})

function fill(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(8 * 1_024 * 1_024))
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC')
  }
}

test('a database that can no longer be written to refuses decisions until it can', async (context) => {
  const house = await openHouse(context)
  const files = ['', '-wal'].map((end) => `${house.file}${end}`)
  const seal = (flag: string) => execFileSync('chattr', [flag, ...files], { stdio: 'pipe' })
  try {
    seal('+i')
  } catch {
    return context.skip('this user, or this file system, has no immutable files')
  }
  try {
    await expectReadOnlyService(house)
  } finally {
    seal('-i')
  }
  await expectRecovered(house)
})

test('a database file that is moved away is written to no more, and again once it is back', async (context) => {
  const house = await openHouse(context)
  renameSync(house.file, `${house.file}.aside`)
  await expectReadOnlyService(house)
  writeFileSync(house.file, 'another file')
  assert.equal((await rename(house.owner, house.paired, 'lost')).error?.code, 'UNAVAILABLE')
  renameSync(`${house.file}.aside`, house.file)
  await expectRecovered(house)
})

test('a head that cannot be noted keeps nobody from revoking, and is noted as soon as it can be', async (context) => {
  const { gateway, owner, paired } = await openHouse(context)
  const draft = join(gateway.stateDir, 'event-head.json.tmp')
  mkdirSync(draft)
  await owner.call('device.token.revoke', { deviceId: paired.device.id, role: 'operator' })
  await expectClose(paired.client, 4001, 'device removed')
  assert.deepEqual(await readiness(gateway), { status: 503, failing: ['event-head'] })
  const lines = () => gateway.logged.filter((line) => line.includes('could not be noted')).length
  await pause(1_500)
  assert.equal(lines(), 1)

  rmdirSync(draft)
  await eventually(async () => (await readiness(gateway)).status === 200, 'readiness')
  await gateway.restart()
  const { device, token } = paired
  const refused = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
  assert.equal(refused.details?.['authReason'], 'token_revoked')
})

test('a stop while nothing can be written comes to its end', async (context) => {
  const { gateway, owner, paired, file } = await openHouse(context)
  const holder = startLockHolder(context, file)
  await holder.take()
  const going = rename(owner, paired, 'going').catch(() => undefined)
  await gateway.stop()
  await going
  await holder.release()
  await gateway.restart()
  await askToPair(gateway, { device: makeDevice(), scopes })
  assert.equal(await soundEvents(gateway), CHAIN_OF_ONE)
})
