import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { DevicePairList } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { approve, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice, type TestDevice } from '../harness/test-device.ts'
import type { WireClient } from '../harness/wire-client.ts'
import { from, outcome, sideBySide } from './guess.ts'

const PERSON = from('203.0.113.5')

/** Behind a proxy on the loopback, with the caps of the product or smaller ones. */
const open = (context: TestContext, limits = {}): Promise<GatewayOfTest> =>
  openGateway(context, {
    config: { trustedProxies: ['127.0.0.1'], limits: { pendingPerPeer: 10, ...limits } },
  })

/** A different address of 198.18.0.0/15 for each number. */
const address = (n: number) => `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}`

interface Flood {
  readonly requests: number
  readonly addresses: number
}

/** Requests of as many devices, in turn from each address. @returns what they came to, counted. */
async function flood(gateway: GatewayOfTest, { requests, addresses }: Flood) {
  const jobs = Array.from({ length: requests }, (_, n) => () => {
    return outcome(gateway, { device: makeDevice(), scopes: ['operator.read'] }, from(address(n % addresses)))
  })
  const counts = new Map<string, number>()
  for (const one of await sideBySide(jobs, 24)) counts.set(one, (counts.get(one) ?? 0) + 1)
  return counts
}

async function ask(gateway: GatewayOfTest, device: TestDevice): Promise<string> {
  const client = gateway.open(PERSON)
  const { error } = await client.connect({ device, scopes: ['operator.read'] })
  assert.equal(error?.details?.['code'], 'PAIRING_REQUIRED', JSON.stringify(error))
  await client.closed
  return String(error?.details?.['requestId'])
}

interface Listed {
  readonly pending: readonly { readonly requestId: string; readonly deviceId: string }[]
}
const list = async (operator: WireClient) => (await operator.call<Listed>('device.pair.list')).pending

/** A tenth of the product's size: as many addresses as places, and ten requests from each. */
const SMALL = { pendingInAll: 100 }
const WAVE: Flood = { requests: 500, addresses: 100 }

describe('a flood of pairing requests (T14)', () => {
  test('takes nobody the place who asked before it or during it, and both can be approved', async (t) => {
    const gateway = await open(t, SMALL)
    const [early, late] = [makeDevice(), makeDevice()]
    const earlyId = await ask(gateway, early)
    await flood(gateway, WAVE)
    const flooding = flood(gateway, WAVE)
    const lateId = await ask(gateway, late)
    await flooding

    const owner = await gateway.owner()
    const pending = await list(owner)
    assert.equal(pending.length, SMALL.pendingInAll)
    for (const requestId of [earlyId, lateId]) {
      assert.ok(pending.some((row) => row.requestId === requestId))
      await owner.call('device.pair.approve', { requestId })
    }
    for (const device of [early, late]) await gateway.open(PERSON).hello({ device })
  })

  test('leaves paired devices and operators their work', async (t) => {
    const gateway = await open(t, SMALL)
    const { device, token } = await pair(gateway)
    const late = makeDevice()
    let over = false
    const flooding = flood(gateway, WAVE).finally(() => {
      over = true
    })
    for (let connects = 0; connects < 10; connects += 1) {
      const { client } = await connectPaired(gateway, { device, token })
      await client.end()
    }
    await approve(gateway, await ask(gateway, late))
    assert.equal(over, false, 'the flood was over too soon to disturb anybody')
    await gateway.open(PERSON).hello({ device: late })
    await flooding
  })

  test('from one address goes no further than the share of that address, the loopback included', async (t) => {
    const proxied = await open(t)
    const one = { requests: 60, addresses: 1 }
    assert.deepEqual(Object.fromEntries(await flood(proxied, one)), {
      PAIRING_REQUIRED: 10,
      TOO_MANY_PENDING: 50,
    })
    await ask(proxied, makeDevice())
    const local = await openGateway(t, { config: { limits: { pendingPerPeer: 10 } } })
    const outcomes = []
    for (let n = 0; n < 12; n += 1) outcomes.push(await outcome(local, { device: makeDevice() }))
    assert.deepEqual(outcomes.slice(9), ['PAIRING_REQUIRED', 'TOO_MANY_PENDING', 'TOO_MANY_PENDING'])
  })

  test('out of one IPv6 /64 is one address', async (t) => {
    const gateway = await open(t)
    const outcomes = []
    for (let n = 0; n < 12; n += 1) {
      outcomes.push(await outcome(gateway, { device: makeDevice() }, from(`2001:db8:1:2::${n.toString(16)}`)))
    }
    assert.equal(outcomes.filter((one) => one === 'TOO_MANY_PENDING').length, 2)
  })
})

describe('a request that makes room', () => {
  /** Three places, all taken; the address `198.18.0.1` is the busiest. */
  async function openFull(t: TestContext) {
    const gateway = await open(t, { pendingInAll: 3 })
    const devices = [makeDevice(), makeDevice(), makeDevice()]
    const hops = [address(0), address(0), address(1)]
    for (const [n, device] of devices.entries())
      assert.equal(await outcome(gateway, { device }, from(String(hops[n]))), 'PAIRING_REQUIRED')
    return { gateway, devices }
  }

  test('is the newest of the busiest address, told to operators as rejected, and names nobody', async (t) => {
    const { gateway, devices } = await openFull(t)
    const owner = await gateway.owner()
    const requestId = await ask(gateway, makeDevice())
    const { payload } = await owner.nextEvent('device.pair.resolved')
    assert.equal(payload['deviceId'], devices[1]?.id)
    assert.equal(payload['decision'], 'rejected')
    const error = await owner.fail('device.pair.approve', { requestId: payload['requestId'] })
    assert.deepEqual(error.details, { code: 'REQUEST_SUPERSEDED' })
    assert.ok((await list(owner)).some((row) => row.requestId === requestId))
  })

  test('is told for a while in the list, to operators who know the field', async (t) => {
    const time = holdTime(t)
    const { gateway } = await openFull(t)
    const [owner, other] = [await gateway.owner(), await gateway.owner({ extended: false })]
    const told = async (operator: WireClient) =>
      (await operator.call<DevicePairList>('device.pair.list')).madeRoomAtMs
    await ask(gateway, makeDevice())
    const at = Date.now()
    assert.equal(await told(owner), at)
    assert.equal(await told(other), undefined)
    time.advance(299_999)
    assert.equal(await told(owner), at)
    time.advance(1)
    assert.equal(await told(owner), undefined)
  })

  test('may ask again like anybody', async (t) => {
    const { gateway, devices } = await openFull(t)
    await ask(gateway, makeDevice())
    const owner = await gateway.owner()
    const { requestId } = (await list(owner)).find(({ deviceId }) => deviceId === devices[2]?.id) ?? {}
    await owner.call('device.pair.reject', { requestId })
    const again = await outcome(gateway, { device: devices[1] as TestDevice }, from(address(0)))
    assert.equal(again, 'PAIRING_REQUIRED')
  })

  test('is none that an operator was shown: then the newcomer has to wait', async (t) => {
    const { gateway } = await openFull(t)
    const owner = await gateway.owner()
    const shown = await list(owner)
    assert.equal(await outcome(gateway, { device: makeDevice() }, PERSON), 'TOO_MANY_PENDING')
    for (const { requestId } of shown) await owner.call('device.pair.approve', { requestId })
    await ask(gateway, makeDevice())
  })

  test('may be one that was shown to nobody but its own device, which sees only itself', async (t) => {
    const gateway = await open(t, { pendingInAll: 3 })
    const { device, token } = await pair(gateway, { scopes: ['operator.pairing'] })
    for (const scope of ['operator.read', 'operator.talk', 'operator.approvals'])
      assert.equal(await outcome(gateway, { device, scopes: [scope] }), 'PAIRING_REQUIRED')
    const { client } = await connectPaired(gateway, { device, token, scopes: ['operator.pairing'] })
    assert.equal((await list(client)).length, 3)
    await ask(gateway, makeDevice())
    assert.equal((await list(client)).length, 2)
  })
})
