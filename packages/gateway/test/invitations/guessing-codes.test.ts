import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { AuditFeed } from '@pairgate/protocol/wire'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { connectPaired, pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { Hello, WireClient } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { INVALID, type Invited, invite, news, outcomeOf, redeem, rowOf } from './invite.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Behind a proxy of the test, which says that it was reached over TLS. */
const from = (address: string, scheme = 'https') => ({
  headers: { 'x-forwarded-for': address, 'x-forwarded-proto': scheme },
})
const open = (context: TestContext) =>
  openGateway(context, { config: { trustedProxies: ['::1', '127.0.0.1'] } })

/** Some code that is none of these. */
function wrongCode(...right: readonly Invited[]): string {
  const codes = new Set(right.map(({ code }) => code))
  for (let n = 0; ; n += 1) {
    const code = String(n).padStart(6, '0')
    if (!codes.has(code)) return code
  }
}

/** Wrong codes, each from an address of its own. */
async function guessFromMany(
  gateway: GatewayOfTest,
  code: string,
  count: number,
): Promise<readonly string[]> {
  const outcomes: string[] = []
  for (let n = 0; n < count; n += 1) {
    const answer = await redeem(gateway, code, { device: makeDevice(), open: from(`198.51.100.${n}`) })
    outcomes.push(outcomeOf(answer))
  }
  return outcomes
}

async function demote(
  gateway: GatewayOfTest,
  owner: WireClient,
  ...right: readonly Invited[]
): Promise<void> {
  await guessFromMany(gateway, wrongCode(...right), 5)
  await owner.nextEvent('device.pair.guessing')
}

test('a peer has three tries; then even the right code waits, and a link does not', async (t) => {
  const time = holdTime(t)
  const gateway = await open(t)
  const owner = await gateway.owner()
  const invited = await invite(owner)
  const peer = from('203.0.113.5')
  const wrong = wrongCode(invited)
  for (let n = 0; n < 3; n += 1)
    assert.equal(outcomeOf(await redeem(gateway, wrong, { device: makeDevice(), open: peer })), INVALID)
  const phone = makeDevice()
  const limited = await redeem(gateway, invited.code, { device: phone, open: peer })
  assert.equal(outcomeOf(limited), 'AUTH_RATE_LIMITED')
  assert.equal(limited.error?.retryAfterMs, 5 * MINUTE)
  assert.equal(outcomeOf(await redeem(gateway, invited.secret, { device: phone, open: peer })), 'ok')
  time.advance(5 * MINUTE)
  assert.equal(outcomeOf(await redeem(gateway, wrong, { device: makeDevice(), open: peer })), INVALID)
})

test('five wrong codes demote all of them: operators are told, and a right one is confirmed by its words', async (t) => {
  const gateway = await open(t)
  const owner = await gateway.owner()
  const invited = await invite(owner)
  await demote(gateway, owner, invited)
  assert.deepEqual((await owner.call<{ codeGuessing: object }>('status')).codeGuessing, {
    wrongTries: 5,
    demoted: true,
  })
  assert.ok(gateway.logged.some((line) => line.includes('codes are being guessed')))

  const phone = makeDevice()
  const asked = await redeem(gateway, invited.code, { device: phone, open: from('203.0.113.5') })
  assert.equal(outcomeOf(asked), 'PAIRING_REQUIRED')
  const candidate = await news(owner, invited.id, 'candidate')
  assert.equal(candidate.deviceId, phone.id)
  await owner.call('device.pair.confirm', { id: invited.id })
  const joined = await redeem(gateway, invited.code, { device: phone, open: from('203.0.113.5') })
  assert.ok(joined.ok)
  await connectPaired(gateway, {
    device: phone,
    token: String((joined.payload as Hello).auth.deviceToken),
    scopes: ['operator.read'],
  })
  await eventually(async () => {
    const { entries } = await owner.call<AuditFeed>('audit.feed')
    return ['code-guessed', 'codes-demoted'].every((kind) => entries.some((entry) => entry.kind === kind))
  }, 'the rows of the feed')
})

test('the count survives a restart and new codes, and one is forgotten every hour', async (t) => {
  const time = holdTime(t)
  const gateway = await open(t)
  await demote(gateway, await gateway.owner())
  await gateway.restart()
  const owner = await gateway.owner()
  const invited = await invite(owner)
  const at = from('203.0.113.5')
  assert.equal(
    outcomeOf(await redeem(gateway, invited.code, { device: makeDevice(), open: at })),
    'PAIRING_REQUIRED',
  )
  time.advance(HOUR)
  const later = await invite(owner)
  assert.equal(outcomeOf(await redeem(gateway, later.code, { device: makeDevice(), open: at })), 'ok')
})

test('guesses are compared thirty times a minute in all, and the first one of the owner at any time', async (t) => {
  holdTime(t)
  const gateway = await open(t)
  const owner = await gateway.owner()
  const invited = await invite(owner)
  const wrong = wrongCode(invited)
  const outcomes: string[] = []
  for (let n = 0; n < 12; n += 1)
    for (let again = 0; again < 3; again += 1)
      outcomes.push(
        outcomeOf(await redeem(gateway, wrong, { device: makeDevice(), open: from(`198.51.100.${n}`) })),
      )
  assert.equal(
    outcomes.slice(0, 30).every((one) => one === INVALID),
    true,
  )
  const last = [INVALID, 'AUTH_RATE_LIMITED', 'AUTH_RATE_LIMITED']
  assert.deepEqual(outcomes.slice(30), [...last, ...last])
  const asked = await redeem(gateway, invited.code, { device: makeDevice(), open: from('203.0.113.5') })
  assert.equal(outcomeOf(asked), 'PAIRING_REQUIRED')
})

test('a code alone gives no power and nothing over plaintext from elsewhere; a link gives both', async (t) => {
  const gateway = await open(t)
  const owner = await gateway.owner()
  for (const scope of ['operator.admin', 'operator.pairing']) {
    const invited = await invite(owner, { scopes: [scope] })
    const at = from('203.0.113.5')
    assert.equal(
      outcomeOf(await redeem(gateway, invited.code, { device: makeDevice(), open: at })),
      'PAIRING_REQUIRED',
    )
    assert.equal(outcomeOf(await redeem(gateway, invited.secret, { device: makeDevice(), open: at })), 'ok')
  }
  const invited = await invite(owner)
  const plain = from('203.0.113.6', 'http')
  assert.equal(
    outcomeOf(await redeem(gateway, invited.code, { device: makeDevice(), open: plain })),
    'PAIRING_REQUIRED',
  )
  assert.equal(outcomeOf(await redeem(gateway, invited.secret, { device: makeDevice(), open: plain })), 'ok')
})

test('nothing of an invitation is usable after ten minutes, nor its code after five (T27)', async (t) => {
  const time = holdTime(t)
  const gateway = await open(t)
  const owner = await gateway.owner()
  const invited = await invite(owner)
  const used = await invite(owner)
  const phone = makeDevice()
  assert.equal(outcomeOf(await redeem(gateway, used.secret, { device: phone })), 'ok')
  time.advance(5 * MINUTE)
  assert.equal(outcomeOf(await redeem(gateway, invited.code, { device: makeDevice() })), INVALID)
  assert.equal(outcomeOf(await redeem(gateway, used.code, { device: phone })), 'ok')
  time.advance(5 * MINUTE)
  for (const secret of [invited.secret, used.secret, used.code])
    for (const device of [phone, makeDevice()])
      assert.equal(outcomeOf(await redeem(gateway, secret, { device })), INVALID)
  assert.equal((await news(owner, invited.id, 'expired')).id, invited.id)
  assert.equal((await rowOf(owner, invited.id))?.state, 'expired')
})

test('three codes are active at most, and a redeemed or cancelled one makes room', async (t) => {
  const gateway = await open(t)
  const owner = await gateway.owner()
  const [first, second] = [await invite(owner), await invite(owner), await invite(owner)]
  const refused = await owner.fail('device.pair.invite', { withCode: true })
  assert.equal(refused.details?.['code'], 'TOO_MANY_CODES')
  await owner.call('device.pair.invite', {})
  await redeem(gateway, first.code, { device: makeDevice(), open: from('203.0.113.5') })
  await invite(owner)
  await owner.call('device.pair.cancelInvitation', { id: second.id })
  await invite(owner)
  assert.equal(
    (await owner.fail('device.pair.cancelInvitation', { id: second.id })).details?.['code'],
    'INVITATION_OVER',
  )
})

test('a device with its own token never meets the limit on codes', async (t) => {
  const gateway = await open(t)
  const { device, token } = await pair(gateway)
  const peer = from('203.0.113.5')
  for (let n = 0; n < 5; n += 1) await redeem(gateway, '000000', { device: makeDevice(), open: peer })
  const client = gateway.open(peer)
  await client.hello({ device, auth: { deviceToken: token, bootstrapToken: '000000' } })
})

test('neither secrets nor codes are in the log or in the database in the clear', async (t) => {
  const { readdirSync, readFileSync } = await import('node:fs')
  const gateway = await open(t)
  const owner = await gateway.owner()
  const invited = await invite(owner)
  const other = await invite(owner)
  await redeem(gateway, invited.code, { device: makeDevice() })
  await redeem(gateway, wrongCode(invited, other), { device: makeDevice() })
  await gateway.stop()
  const files = readdirSync(gateway.stateDir).filter((name) => name.startsWith('pairgate.db'))
  const bytes = [
    ...files.map((name) => readFileSync(`${gateway.stateDir}/${name}`, 'latin1')),
    gateway.logged.join(''),
  ]
  for (const { secret, code } of [invited, other]) {
    for (const text of bytes) {
      assert.equal(text.includes(secret), false)
      // As a word of its own: times, durations and hashes hold any six digits.
      assert.equal(new RegExp(`(?<![0-9a-f.])${code}(?![0-9a-f])`).test(text), false)
    }
  }
})
