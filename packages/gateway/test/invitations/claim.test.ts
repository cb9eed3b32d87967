import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { pair } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import type { Hello } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'
import { INVALID, type Invited, news, outcomeOf, redeem } from './invite.ts'

const ADMIN = ['operator.admin']
const fileOf = ({ stateDir }: GatewayOfTest) => join(stateDir, 'claim-link')
const claimOf = (gateway: GatewayOfTest) => readFileSync(fileOf(gateway), 'utf8').trim()
const gone = (gateway: GatewayOfTest) =>
  eventually(() => !existsSync(fileOf(gateway)), 'the end of the file with the claim')

test('a gateway that never had an admin keeps a claim, and whoever brings it is the owner, once', async (t) => {
  const gateway = await openGateway(t)
  const claim = claimOf(gateway)
  assert.equal(statSync(fileOf(gateway)).mode & 0o777, 0o600)
  assert.equal(gateway.running.claim?.text, claim)
  assert.equal(gateway.logged.join('').includes(claim), false)
  assert.ok(gateway.logged.some((line) => line.includes('claim-link')))
  await gateway.restart()
  assert.equal(claimOf(gateway), claim)

  const phone = makeDevice()
  const joined = await redeem(gateway, claim, { device: phone, scopes: ADMIN, extended: true })
  assert.ok(joined.ok)
  assert.equal((joined.payload as Hello).auth.session, '*')
  await gone(gateway)
  const line = gateway.logged.find((each) => each.includes('was claimed')) ?? ''
  assert.match(line, /"words":"[a-z]+( [a-z]+){5}"/)
  assert.ok(line.includes(`openclaw devices remove ${phone.id}`))
  assert.equal(outcomeOf(await redeem(gateway, claim, { device: makeDevice(), scopes: ADMIN })), INVALID)

  const owner = await gateway.owner()
  await owner.call('device.pair.remove', { deviceId: phone.id })
  await gateway.restart()
  assert.equal(existsSync(fileOf(gateway)), false)
  assert.equal(gateway.running.claim, undefined)
  assert.equal(outcomeOf(await redeem(gateway, claim, { device: makeDevice(), scopes: ADMIN })), INVALID)
  assert.equal((await (await gateway.owner()).fail('device.pair.claimCode')).details?.['code'], 'CLAIM_OVER')
})

test('an admin whom the owner approves ends the claim, and anybody else leaves it', async (t) => {
  const gateway = await openGateway(t)
  const claim = claimOf(gateway)
  await pair(gateway, { scopes: ['operator.read'] })
  assert.equal(claimOf(gateway), claim)
  await pair(gateway, { scopes: ADMIN, approval: { session: '*' } })
  await gone(gateway)
  assert.equal(outcomeOf(await redeem(gateway, claim, { device: makeDevice() })), INVALID)
})

test('a file that was lost or changed is made anew, and what stood in it before is worth nothing', async (t) => {
  const { rmSync, writeFileSync } = await import('node:fs')
  const gateway = await openGateway(t)
  const lost = claimOf(gateway)
  rmSync(fileOf(gateway))
  await gateway.restart()
  const changed = claimOf(gateway)
  assert.notEqual(changed, lost)
  writeFileSync(fileOf(gateway), 'nothing')
  await gateway.restart()
  for (const old of [lost, changed])
    assert.equal(outcomeOf(await redeem(gateway, old, { device: makeDevice() })), INVALID)
  assert.equal(outcomeOf(await redeem(gateway, claimOf(gateway), { device: makeDevice() })), 'ok')
})

test('a code for the claim is drawn on the host alone, and confirmed there', async (t) => {
  const gateway = await openGateway(t, { config: { auth: { token: 'the-shared-token' } } })
  const remote = gateway.open()
  const us = { client: { id: 'cli', mode: 'cli' }, auth: { token: 'the-shared-token' } }
  await remote.hello({ ...us, scopes: ADMIN, extended: true })
  assert.equal((await remote.fail('device.pair.claimCode')).message, 'invitation denied')

  const owner = await gateway.owner()
  const { id, code } = await owner.call<Invited>('device.pair.claimCode')
  const phone = makeDevice()
  assert.equal(outcomeOf(await redeem(gateway, code, { device: phone })), 'PAIRING_REQUIRED')
  assert.equal((await news(owner, id, 'candidate')).deviceId, phone.id)
  await owner.call('device.pair.confirm', { id })
  const joined = await redeem(gateway, code, { device: phone })
  assert.deepEqual((joined.payload as Hello).auth.scopes, ADMIN)
  await gone(gateway)
})

test('of many who bring the claim at once, one becomes the owner', async (t) => {
  const gateway = await openGateway(t)
  const claim = claimOf(gateway)
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => redeem(gateway, claim, { device: makeDevice() })),
  )
  assert.equal(answers.filter(({ ok }) => ok).length, 1)
})
