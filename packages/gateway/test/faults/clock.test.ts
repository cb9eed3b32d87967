import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { type HeldTime, holdSweepers, holdTime, type RunSweepers } from '../harness/hold-time.ts'
import {
  approve,
  askToPair,
  connectPaired,
  type PairedDevice,
  pair,
  refusedConnect,
} from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { eventually } from '../harness/within.ts'
import { from, guess, outcome, TOKEN } from '../limits/guess.ts'
import { soundEvents } from './fault-tools.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TEN_YEARS = 3_650 * 24 * HOUR
const scopes = ['operator.read', 'operator.pairing']
const GUESSER = from('203.0.113.5')

interface House {
  readonly time: HeldTime
  readonly sweepAll: RunSweepers
  readonly gateway: GatewayOfTest
  readonly lasting: PairedDevice
  /** Paired for two hours. */
  readonly passing: PairedDevice
}

/** Two paired devices, a decided request, an open one, and an address that is locked out. */
async function openHouse(context: TestContext): Promise<House> {
  const time = holdTime(context)
  const sweepAll = holdSweepers(context)
  const limits = { failuresPerPeer: 3 }
  const gateway = await openGateway(context, {
    config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'], limits },
  })
  const lasting = await pair(gateway, { scopes })
  const passing = await pair(gateway, { scopes, approval: { expiresInMs: 2 * HOUR } })
  await askToPair(gateway, { device: makeDevice(), scopes })
  await guess(gateway, 5, { open: GUESSER })
  sweepAll()
  await eventually(() => rowsOf(gateway).limits.length === 2, 'the lock in the database')
  return { time, sweepAll, gateway, lasting, passing }
}

/** Lets the sweepers run; what they have written is there when a write behind them is. */
async function sweep({ time, sweepAll, gateway }: House, ms: number): Promise<void> {
  time.advance(ms)
  sweepAll()
  await askToPair(gateway, { device: makeDevice(), scopes })
}

/** What another program reads in the gateway's database. */
function rowsOf({ stateDir }: GatewayOfTest) {
  const database = new DatabaseSync(join(stateDir, 'pairgate.db'), { readOnly: true })
  const all = (table: string) => database.prepare(`select * from ${table} order by 1`).all()
  const [devices, tokens, requests, limits, events] = [
    'devices',
    'tokens',
    'pairing_requests',
    'limits',
    'events',
  ].map(all)
  database.close()
  return { devices, tokens, requests, limits: limits ?? [], events: events ?? [] }
}

const knock = (gateway: GatewayOfTest, { device, token }: PairedDevice) =>
  connectPaired(gateway, { device, token, scopes, signedAt: Date.now() })

async function refusalOf(gateway: GatewayOfTest, { device, token }: PairedDevice) {
  const error = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
  return error.details?.['code']
}

test('a clock that jumps ten years ahead and back costs no pairing, token, request, lock or event', async (context) => {
  const house = await openHouse(context)
  const { time, gateway, lasting, passing } = house
  const before = rowsOf(gateway)
  time.jump(TEN_YEARS)
  // What has run out by that clock is refused, and what never runs out is not.
  assert.equal(await refusalOf(gateway, passing), 'PAIRING_REQUIRED')
  await knock(gateway, lasting)
  assert.equal(await outcome(gateway, { auth: { token: TOKEN } }, GUESSER), 'AUTH_RATE_LIMITED')
  await sweep(house, 11 * MINUTE)

  const meanwhile = rowsOf(gateway)
  assert.deepEqual(meanwhile.events, before.events)
  const kept = new Set(meanwhile.requests?.map(({ id }) => id))
  assert.deepEqual(
    before.requests?.filter(({ id }) => !kept.has(id)),
    [],
  )

  time.jump(-TEN_YEARS)
  await knock(gateway, lasting)
  // A gateway does not go back to before what it took for the present; a start does, if nothing was decided.
  assert.equal(await refusalOf(gateway, passing), 'PAIRING_REQUIRED')
  await gateway.restart()
  await knock(gateway, passing)
  await knock(gateway, lasting)
  assert.deepEqual(rowsOf(gateway).devices?.length, 2)
  assert.equal(await soundEvents(gateway), 2)
})

test('a decision while the clock is ten years ahead keeps the order of events, and locks nobody out for ten years', async (context) => {
  const house = await openHouse(context)
  const { time, gateway, lasting, passing } = house
  time.jump(TEN_YEARS)
  await pair(gateway, { scopes })
  time.jump(-TEN_YEARS)
  await gateway.restart()

  await knock(gateway, lasting)
  await pair(gateway, { scopes })
  assert.equal(await refusalOf(gateway, passing), 'PAIRING_REQUIRED')
  const { requestId } = await askToPair(gateway, { device: passing.device, scopes })
  await approve(gateway, requestId)
  await knock(gateway, passing)

  const times = rowsOf(gateway).events.map(({ at }) => Number(at))
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.equal(await soundEvents(gateway), 5)
  // Time goes on there: what is open is not open for ever.
  const late = await askToPair(gateway, { device: makeDevice(), scopes })
  await sweep(house, 11 * MINUTE)
  const owner = await gateway.owner()
  const error = await owner.fail('device.pair.approve', { requestId: late.requestId })
  assert.equal(error.details?.['code'], 'REQUEST_EXPIRED')
  assert.equal(await outcome(gateway, { auth: { token: TOKEN } }, GUESSER), 'ok')
})

test('a clock that is set back an hour keeps devices connected, tokens good and events in order', async (context) => {
  const house = await openHouse(context)
  const { time, gateway, lasting, passing } = house
  time.jump(-HOUR)
  for (const device of [lasting, passing]) {
    assert.equal((await device.client.request('device.pair.list')).ok, true)
    await knock(gateway, device)
  }
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes })
  await pair(gateway, { scopes })
  await gateway.restart()
  for (const device of [lasting, passing]) await knock(gateway, device)
  await pair(gateway, { scopes })
  const times = rowsOf(gateway).events.map(({ at }) => Number(at))
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  )
  assert.equal(await soundEvents(gateway), 4)

  await sweep(house, 11 * MINUTE)
  const owner = await gateway.owner()
  const error = await owner.fail('device.pair.approve', { requestId })
  assert.equal(error.details?.['code'], 'REQUEST_EXPIRED')
})
