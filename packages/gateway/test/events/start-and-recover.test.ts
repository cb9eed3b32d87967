import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { AuditList, AuditVerdict } from '@pairgate/protocol/wire'
import { createLog } from '../../src/platform/log.ts'
import { recoverEventLog } from '../../src/recover-event-log.ts'
import { StateError } from '../../src/state/state-error.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { type CopyOfLog, copyOf } from './log-on-disk.ts'

const scopes = ['operator.read']
const headOf = (gateway: GatewayOfTest) =>
  JSON.parse(readFileSync(join(gateway.stateDir, 'event-head.json'), 'utf8'))

async function verifyLive(gateway: GatewayOfTest): Promise<AuditVerdict> {
  const owner = await gateway.owner()
  const verdict = await owner.call<AuditVerdict>('audit.verify')
  await owner.end()
  return verdict
}
async function listLive(gateway: GatewayOfTest): Promise<AuditList> {
  const owner = await gateway.owner()
  const list = await owner.call<AuditList>('audit.list', { limit: 500 })
  await owner.end()
  return list
}
async function refusalOf(starting: Promise<unknown>): Promise<string> {
  let message = ''
  await assert.rejects(starting, (error) => {
    assert.ok(error instanceof StateError, String(error))
    message = error.message
    return true
  })
  return message
}

describe('the head of the log', () => {
  test('is noted at the first start and after every decision, for the owner alone', async (context) => {
    const gateway = await openGateway(context)
    assert.deepEqual(headOf(gateway), { epoch: 0, seq: 0, mac: '' })
    await pair(gateway, { scopes })
    const { events, head } = await listLive(gateway)
    assert.deepEqual(headOf(gateway), head)
    assert.deepEqual([head.epoch, head.seq, head.mac], [1, 1, events[0]?.mac])
    assert.equal(statSync(join(gateway.stateDir, 'event-head.json')).mode & 0o777, 0o600)
    assert.equal(existsSync(join(gateway.stateDir, 'event-head.json.tmp')), false)
    assert.equal(statSync(join(gateway.stateDir, 'secrets', 'events.key')).mode & 0o777, 0o600)
    assert.match(gateway.logged.join(''), /"epoch":0,"seq":0,"mac":"","msg":"event log head"/)
  })

  test('that lies behind a log that chains is moved on: the process died before it was noted', async (context) => {
    const gateway = await openGateway(context)
    await pair(gateway, { scopes })
    const before = headOf(gateway)
    await pair(gateway, { scopes })
    await pair(gateway, { scopes })
    const after = headOf(gateway)
    await gateway.stop()
    for (const noted of [before, { epoch: 0, seq: 0, mac: '' }]) {
      writeFileSync(join(gateway.stateDir, 'event-head.json'), JSON.stringify(noted))
      await gateway.restart()
      assert.deepEqual(headOf(gateway), after)
    }
    assert.equal((await verifyLive(gateway)).ok, true)
  })

  test('that is missing is taken from a log that verifies, with a warning, and from no other', async (context) => {
    const gateway = await openGateway(context)
    await pair(gateway, { scopes })
    await pair(gateway, { scopes })
    const head = headOf(gateway)
    await gateway.stop()
    const edited = copyOf(gateway.stateDir, context)
    rmSync(edited.paths.eventHead)
    edited.edit("update events set actor = 'nobody' where seq = 1")
    assert.match(
      await refusalOf(edited.start()),
      /^The event log does not lead up to an end\. Event 1 was changed/,
    )

    rmSync(join(gateway.stateDir, 'event-head.json'))
    await gateway.restart()
    assert.deepEqual(headOf(gateway), head)
    assert.match(gateway.logged.join(''), /"level":"warn".*no head of the event log was noted/)
  })

  test('that cannot be read, or was written with another key, keeps the gateway from starting', async (context) => {
    const gateway = await openGateway(context)
    await pair(gateway, { scopes })
    await gateway.stop()
    const broken = copyOf(gateway.stateDir, context)
    for (const text of ['', '{}', '{"epoch":1,"seq":-1,"mac":""}', '{"epoch":1,"seq":1,"mac":"x"}', 'null']) {
      broken.noteHead(text)
      assert.match(await refusalOf(broken.start()), /does not hold the head of an event log/)
    }
    const keyless = copyOf(gateway.stateDir, context)
    rmSync(keyless.paths.eventsKey)
    const said = await refusalOf(keyless.start())
    assert.match(said, /Event 1 was changed after it was written, or sealed with another key/)
    assert.match(said, /secrets\/events\.key/)
  })

  test('that others may write is refused like every other file of the state', async (context) => {
    const gateway = await openGateway(context)
    await gateway.stop()
    chmodSync(join(gateway.stateDir, 'event-head.json'), 0o622)
    assert.match(await refusalOf(gateway.restart()), /chmod 600/)
  })

  test('that cannot be noted fails no decision, is logged, and is noted again later', async (context) => {
    const gateway = await openGateway(context)
    const { device } = await pair(gateway, { scopes })
    const inTheWay = join(gateway.stateDir, 'event-head.json.tmp')
    mkdirSync(inTheWay)
    const owner = await gateway.owner()
    await owner.call('device.pair.rename', { deviceId: device.id, label: 'Desk' })
    assert.equal(headOf(gateway).seq, 1)
    assert.match(gateway.logged.join(''), /the head of the event log could not be noted/)
    rmSync(inTheWay, { recursive: true })
    await gateway.stop()
    assert.equal(headOf(gateway).seq, 2)
  })
})

describe('an older copy of the database', () => {
  /** A gateway on a copy from before a revocation, and the head from after it. */
  async function rollBack(context: TestContext) {
    const gateway = await openGateway(context)
    const stolen = await pair(gateway, { scopes })
    const kept = await pair(gateway, { scopes })
    await askToPair(gateway, { device: makeDevice(), scopes })
    await gateway.stop()
    const old = copyOf(gateway.stateDir, context)
    await gateway.restart()
    const owner = await gateway.owner()
    await owner.call('device.token.revoke', { deviceId: stolen.device.id, role: 'operator' })
    await gateway.stop()
    old.noteHead(headOf(gateway))
    return { old, stolen, kept }
  }
  const env = ({ stateDir }: CopyOfLog) => ({ PAIRGATE_STATE_DIR: stateDir })

  test('does not start, and the refusal says what was found and what to do', async (context) => {
    const { old } = await rollBack(context)
    assert.equal(
      await refusalOf(old.start()),
      [
        'The event log does not lead up to its last known end, event 3 of epoch 1. Event 3 is not there: the database is an older copy than the head that was noted outside of it.',
        'Put the newest copy of the database in its place. What was revoked since then is valid in this one.',
        'If that cannot be done, go on with what is there and let every device in anew: openclaw recover --accept-rollback',
      ].join('\n'),
    )
  })

  test('that the owner accepts begins a new epoch without any token or open request', async (context) => {
    const { old, stolen, kept } = await rollBack(context)
    const recovered = await recoverEventLog({ env: env(old) })
    assert.match(String(recovered.found), /^Event 3 is not there: the database is an older copy/)
    const { recovery } = recovered
    assert.deepEqual(
      [recovery?.revokedTokens, recovery?.closedRequests, recovery?.head.epoch, recovery?.head.seq],
      [2, 1, 2, 6],
    )

    const gateway = await openGateway(context, { stateDir: old.stateDir })
    for (const { device, token } of [stolen, kept]) {
      const refused = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
      assert.equal(refused.details?.['authReason'], 'token_revoked')
    }
    const { events } = await listLive(gateway)
    assert.deepEqual(
      events.slice(0, 4).map(({ kind, epoch, actor, via }) => [kind, epoch, actor, via]),
      [
        ['pairing-rejected', 2, 'owner', 'host'],
        ['token-revoked', 2, 'owner', 'host'],
        ['token-revoked', 2, 'owner', 'host'],
        ['log-recovered', 2, 'owner', 'host'],
      ],
    )
    assert.deepEqual(events[3]?.before, { fault: 'rolled-back', seq: 3 })
    const verdict = await verifyLive(gateway)
    assert.deepEqual(verdict, { ...verdict, ok: true, events: 6, accepted: [] })

    const again = await pair(gateway, { device: kept.device, scopes })
    await connectPaired(gateway, { device: kept.device, token: again.token, scopes })
  })

  test('is recovered once: a second time finds nothing to do', async (context) => {
    const { old } = await rollBack(context)
    await recoverEventLog({ env: env(old) })
    const head = await old.head()
    assert.deepEqual(await recoverEventLog({ env: env(old) }), { found: undefined, recovery: undefined })
    assert.deepEqual(await old.head(), head)
    assert.deepEqual(await old.start(), head)
  })

  test('is not recovered under a gateway that runs', async (context) => {
    const gateway = await openGateway(context)
    const recovering = recoverEventLog({ env: { PAIRGATE_STATE_DIR: gateway.stateDir } })
    assert.match(await refusalOf(recovering), /Another gateway is already running/)
  })

  test('whose recovery died before the head was noted is recovered again', async (context) => {
    const { old } = await rollBack(context)
    const before = await old.head()
    await recoverEventLog({ env: env(old) })
    assert.ok(before)
    old.noteHead(before)
    await refusalOf(old.start())
    const { recovery } = await recoverEventLog({ env: env(old) })
    assert.deepEqual([recovery?.head.epoch, recovery?.revokedTokens], [3, 0])
    const verdict = await old.verify()
    assert.deepEqual(verdict, { ...verdict, ok: true })
  })
})

test('a log that somebody has changed goes on after a recovery, and says for ever where the fault was', async (context) => {
  const gateway = await openGateway(context)
  for (let n = 0; n < 3; n += 1) await pair(gateway, { scopes })
  await gateway.stop()
  const edited = copyOf(gateway.stateDir, context)
  edited.edit("update events set actor = 'nobody' where seq = 2")
  const { found } = await recoverEventLog({ env: { PAIRGATE_STATE_DIR: edited.stateDir } })
  assert.match(String(found), /^Event 2 was changed/)
  const verdict = await edited.verify()
  assert.deepEqual(verdict, { ...verdict, ok: true, accepted: [{ seq: 2, fault: 'changed' }] })
  edited.edit("update events set actor = 'nobody' where seq = 5")
  assert.deepEqual(await edited.verify(), { ok: false, seq: 5, fault: 'changed' })
})

test('a lost key, and a head that cannot be read, are recovered too', async (context) => {
  const gateway = await openGateway(context)
  await pair(gateway, { scopes })
  await gateway.stop()
  const keyless = copyOf(gateway.stateDir, context)
  rmSync(keyless.paths.eventsKey)
  await recoverEventLog({ env: { PAIRGATE_STATE_DIR: keyless.stateDir } })
  const verdict = await keyless.verify()
  assert.deepEqual(verdict, { ...verdict, ok: true, accepted: [{ seq: 1, fault: 'changed' }] })
  await keyless.start()

  const broken = copyOf(gateway.stateDir, context)
  broken.noteHead('gone')
  const { found, recovery } = await recoverEventLog({ env: { PAIRGATE_STATE_DIR: broken.stateDir } })
  assert.deepEqual([found, recovery?.revokedTokens], ['The note of the last event could not be read.', 1])
  await broken.start()
})

test('the key of the log can come from the environment, like the one of the tokens', async (context) => {
  const env = { PAIRGATE_EVENTS_KEY: `${'B'.repeat(42)}A` }
  const gateway = await openGateway(context, { env })
  await pair(gateway, { scopes })
  assert.equal(existsSync(join(gateway.stateDir, 'secrets', 'events.key')), false)
  await gateway.restart()
  assert.equal((await verifyLive(gateway)).ok, true)
  const log = createLog({ level: 'silent', destination: process.stderr })
  await gateway.stop()
  assert.match(await refusalOf(copyOf(gateway.stateDir, context).start(log)), /sealed with another key/)
  const wrong = openGateway(context, { env: { PAIRGATE_EVENTS_KEY: 'short' } })
  assert.match(await refusalOf(wrong), /PAIRGATE_EVENTS_KEY holds no key/)
})
