import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { ConnectOptions } from '../harness/connect-params.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { askToPair, connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'
import { attempt, from, guess, outcome, PASSWORD, TOKEN } from './guess.ts'

const DEFAULTS = { failuresPerPeer: 10, failuresInAll: 300 }
const RIGHT: ConnectOptions = { auth: { token: TOKEN } }
const WRONG: ConnectOptions = { auth: { token: 'wrong' } }

/** With the numbers of the product, straight over the loopback. */
const open = (context: TestContext, limits = {}, auth: object = { token: TOKEN }): Promise<GatewayOfTest> =>
  openGateway(context, { config: { auth, limits: { ...DEFAULTS, ...limits } } })

/** The same behind a proxy on the loopback. */
const openProxied = (context: TestContext, limits = {}): Promise<GatewayOfTest> =>
  openGateway(context, {
    config: {
      auth: { token: TOKEN, password: PASSWORD },
      trustedProxies: ['127.0.0.1'],
      limits: { ...DEFAULTS, ...limits },
    },
  })

describe('guesses at the shared secret', () => {
  test('lock at the tenth, also on the loopback and out of a page of this machine (T09)', async (t) => {
    const gateway = await open(t)
    const page = { headers: { origin: `http://127.0.0.1:${gateway.port}` } }
    assert.deepEqual(await guess(gateway, 6, { open: page }), { AUTH_TOKEN_MISMATCH: 6 })
    assert.deepEqual(await guess(gateway, 200), { AUTH_TOKEN_MISMATCH: 4, AUTH_RATE_LIMITED: 196 })
    assert.equal(await outcome(gateway, RIGHT, page), 'AUTH_RATE_LIMITED')
  })

  test('are answered as clients of OpenClaw know it, before the close', async (t) => {
    holdTime(t)
    const gateway = await open(t)
    await guess(gateway, 10)
    const client = gateway.open()
    const message = 'unauthorized: too many failed authentication attempts (retry later)'
    assert.deepEqual((await client.connect(WRONG)).error, {
      code: 'INVALID_REQUEST',
      message,
      retryable: true,
      retryAfterMs: 300_000,
      details: {
        code: 'AUTH_RATE_LIMITED',
        authReason: 'rate_limited',
        canRetryWithDeviceToken: false,
        recommendedNextStep: 'wait_then_retry',
      },
    })
    await expectClose(client, 1008, message)
  })

  test('are counted before the comparison: at once no more pass, and the right one is refused (T10)', async (t) => {
    const time = holdTime(t)
    const gateway = await open(t)
    const mixed = (n: number) => (n < 50 ? WRONG : RIGHT)
    const { ok = 0, AUTH_TOKEN_MISMATCH: wrong = 0 } = await guess(gateway, 60, { options: mixed })
    assert.equal(wrong, 10)
    assert.equal(ok, 0)
    time.advance(299_999)
    assert.equal(await outcome(gateway, RIGHT), 'AUTH_RATE_LIMITED')
    assert.equal(await outcome(gateway, { device: makeDevice(), ...RIGHT }), 'AUTH_RATE_LIMITED')
    time.advance(1)
    assert.equal(await outcome(gateway, RIGHT), 'ok')
  })

  test('that were right cost nothing, however many there are', async (t) => {
    const gateway = await open(t)
    await guess(gateway, 9)
    assert.deepEqual(await guess(gateway, 40, { options: () => RIGHT }), { ok: 40 })
    assert.deepEqual(await guess(gateway, 2), { AUTH_TOKEN_MISMATCH: 1, AUTH_RATE_LIMITED: 1 })
  })

  test('are forgotten after a minute while they are too few', async (t) => {
    const time = holdTime(t)
    const gateway = await open(t)
    await guess(gateway, 9)
    time.advance(60_000)
    assert.deepEqual(await guess(gateway, 9), { AUTH_TOKEN_MISMATCH: 9 })
    assert.equal(await outcome(gateway, RIGHT), 'ok')
  })

  test('count together, whatever class they are of; no other class or device forgives them (T11)', async (t) => {
    const gateway = await openProxied(t)
    const peer = from('203.0.113.5')
    const { device, token } = await pair(gateway)
    const bogus = `pgd_${'A'.repeat(43)}0000000`
    const tries: readonly ConnectOptions[] = [
      WRONG,
      { auth: { password: 'wrong' } },
      { device: makeDevice(), ...WRONG },
      { device: makeDevice(), auth: { password: 'wrong' } },
      { device: makeDevice(), auth: { token: 'wrong', deviceToken: bogus } },
      { device: makeDevice(), auth: { token: 'wrong', bootstrapToken: 'wrong' } },
      { auth: { token: 'wrong', deviceToken: bogus } },
      { auth: { token: 'wrong', bootstrapToken: 'wrong' } },
    ]
    for (const options of tries) assert.notEqual(await outcome(gateway, options, peer), 'AUTH_RATE_LIMITED')
    for (const auth of [{ deviceToken: bogus }, { bootstrapToken: 'wrong' }, {}])
      await outcome(gateway, { device: makeDevice(), auth }, peer)
    assert.equal(await outcome(gateway, { device, auth: { deviceToken: token } }, peer), 'ok')
    assert.equal(await outcome(gateway, { auth: { password: PASSWORD } }, peer), 'ok')

    assert.deepEqual(await guess(gateway, 5, { open: peer }), {
      AUTH_TOKEN_MISMATCH: 2,
      AUTH_RATE_LIMITED: 3,
    })
    for (const options of [...tries, RIGHT, { auth: { password: PASSWORD } }])
      assert.equal(await outcome(gateway, options, peer), 'AUTH_RATE_LIMITED')
  })

  test('are none where there is no secret to hit', async (t) => {
    const gateway = await open(t, {}, {})
    assert.deepEqual(await guess(gateway, 40), { AUTH_TOKEN_MISMATCH: 40 })
    const off = await open(t, {}, { token: TOKEN, sharedSecret: 'off' })
    assert.deepEqual(await guess(off, 40), { AUTH_TOKEN_MISMATCH: 40 })
  })
})

describe('a device', () => {
  test('that brings its own token is let in during a lockout of its address and of everybody', async (t) => {
    const gateway = await openProxied(t, { failuresInAll: 15 })
    const { device, token } = await pair(gateway)
    const peer = from('203.0.113.5')
    await guess(gateway, 20, { open: peer })
    await guess(gateway, 20, { open: from('203.0.113.6') })
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.7')), 'AUTH_RATE_LIMITED')
    for (const auth of [{ deviceToken: token }, { token }, { deviceToken: token, token: 'wrong' }])
      assert.equal(await outcome(gateway, { device, auth }, peer), 'ok')
  })

  test('may ask to be paired by its key alone, and be approved, during a lockout', async (t) => {
    const gateway = await open(t, { failuresInAll: 10 })
    await guess(gateway, 20)
    const { client } = await pair(gateway)
    assert.ok(client.isOpen)
  })

  test('does not lock its address out with a token that was good once, or never: those are not guessed', async (t) => {
    const gateway = await open(t)
    const { device, token } = await pair(gateway)
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
    const stale = (n: number) => ({ device, auth: n % 2 === 0 ? { token } : { deviceToken: token } })
    const counts = await guess(gateway, 30, { options: stale })
    assert.deepEqual(counts, { AUTH_TOKEN_MISMATCH: 15, AUTH_DEVICE_TOKEN_MISMATCH: 15 })
    await guess(gateway, 30, { options: (n) => ({ device, auth: { deviceToken: `garbage-${n}` } }) })
    assert.equal(await outcome(gateway, RIGHT), 'ok')
  })

  test('that is paired but brings only the shared secret waits like everybody', async (t) => {
    const gateway = await open(t)
    const { device, token } = await pair(gateway)
    await guess(gateway, 10)
    assert.equal(await outcome(gateway, { device, ...RIGHT }), 'AUTH_RATE_LIMITED')
    await connectPaired(gateway, { device, token })
  })
})

test('the owner on the host is never locked out', async (t) => {
  const gateway = await open(t, { failuresInAll: 10 })
  await guess(gateway, 30)
  const owner = await gateway.owner()
  await owner.call('device.pair.list')
})

test('mode none lets a backend of this machine in with a stale secret, and counts nothing', async (t) => {
  const gateway = await open(t, {}, { mode: 'none', token: TOKEN })
  const backend = { client: { id: 'gateway-client', mode: 'backend' }, ...WRONG }
  assert.deepEqual(await guess(gateway, 30, { options: () => backend }), { ok: 30 })
  assert.equal(await outcome(gateway, RIGHT), 'ok')
})

describe('the peer that is counted', () => {
  test('is one for IPv4 and its mapped form, and one for all of an IPv6 /64 (T12)', async (t) => {
    const gateway = await openProxied(t)
    const spellings = ['203.0.113.5', '::ffff:203.0.113.5', '::FFFF:CB00:7105', '0:0:0:0:0:ffff:203.0.113.5']
    await sixFromEach(gateway, spellings)
    await sixFromEach(gateway, ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:0DB8:1:2:0:0:0:3'])
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.6')), 'ok')
    assert.equal(await outcome(gateway, RIGHT, from('2001:db8:1:3::1')), 'ok')
  })

  /** Six tries from each spelling of one peer: ten are compared in all. */
  async function sixFromEach(gateway: GatewayOfTest, spellings: readonly string[]): Promise<void> {
    let compared = 0
    for (const spelling of spellings) {
      const counts = await guess(gateway, 6, { open: from(spelling) })
      compared += counts['AUTH_TOKEN_MISMATCH'] ?? 0
    }
    assert.equal(compared, 10)
    for (const spelling of spellings)
      assert.equal(await outcome(gateway, RIGHT, from(spelling)), 'AUTH_RATE_LIMITED')
  }

  test('is an IPv6 /48 too, which has a budget five times as large (T12)', async (t) => {
    const gateway = await openProxied(t)
    let compared = 0
    for (let n = 0; n < 8; n += 1) {
      const counts = await guess(gateway, 12, { open: from(`2001:db8:1:${n.toString(16)}::1`) })
      compared += counts['AUTH_TOKEN_MISMATCH'] ?? 0
    }
    assert.equal(compared, 50)
    assert.equal(await outcome(gateway, RIGHT, from('2001:db8:1:ffff::1')), 'AUTH_RATE_LIMITED')
    assert.equal(await outcome(gateway, RIGHT, from('2001:db8:2::1')), 'ok')
  })

  test('is the nearest hop that no trusted proxy wrote; forged hops escape nothing (T13)', async (t) => {
    const gateway = await openProxied(t)
    const hops = Array.from({ length: 30 }, (_, n) => from(`198.51.100.${n}`, '203.0.113.5'))
    const outcomes: string[] = []
    for (const hop of hops) outcomes.push(await outcome(gateway, WRONG, hop))
    assert.equal(outcomes.filter((one) => one === 'AUTH_TOKEN_MISMATCH').length, 10)
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.5')), 'AUTH_RATE_LIMITED')
    // The addresses that were named are not locked instead.
    assert.equal(await outcome(gateway, RIGHT, from('198.51.100.1')), 'ok')
  })

  test('is nobody whom a stranger names: without a trusted proxy such a request is refused (T13)', async (t) => {
    const gateway = await open(t)
    await guess(gateway, 10)
    await assert.rejects(gateway.open(from('198.51.100.1')).closed, /403/)
    assert.equal(await outcome(gateway, RIGHT), 'AUTH_RATE_LIMITED')
  })

  test('is also everybody together: many addresses have one budget, which decays (T13)', async (t) => {
    const time = holdTime(t)
    const gateway = await openProxied(t, { failuresInAll: 40 })
    let compared = 0
    for (let n = 0; n < 30; n += 1) {
      const counts = await guess(gateway, 3, { open: from(`198.51.100.${n}`) })
      compared += counts['AUTH_TOKEN_MISMATCH'] ?? 0
    }
    assert.equal(compared, 40)
    const refused = await attempt(gateway, RIGHT, from('203.0.113.5'))
    assert.equal(refused?.details?.['code'], 'AUTH_RATE_LIMITED')
    assert.equal(refused?.retryAfterMs, 60_000)
    await askToPair(gateway, { device: makeDevice() })
    time.advance(60_000)
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.5')), 'ok')
  })
})
