import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import type { AuditVerdict } from '@pairgate/protocol/wire'
import { startPostgres } from '@pairgate/store/testing'
import { statePaths } from '../../src/config/state-dir.ts'
import { lookAtDatabase } from '../../src/doctor/look-at-database.ts'
import { createLog } from '../../src/platform/log.ts'
import { recoverEventLog } from '../../src/recover-event-log.ts'
import { rekeyGateway } from '../../src/rekey-gateway.ts'
import { startGateway } from '../../src/start-gateway.ts'
import { StateError } from '../../src/state/state-error.ts'
import { type GatewayOfTest, type GatewayOptions, openGateway } from '../harness/gateway-of-test.ts'
import { askToPair, connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { makeDevice } from '../harness/test-device.ts'
import { expectClose } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'

const server = await startPostgres({ after })
const scopes = ['operator.read', 'operator.pairing']

const secretsOf = (url: string) => [url, new URL(url).password, decodeURIComponent(new URL(url).password)]

/** A gateway on an empty database of its own, whose log must not tell the address at the end. */
async function openOnPostgres(context: TestContext, url: string, options: GatewayOptions = {}) {
  const gateway = await openGateway(context, { env: { DATABASE_URL: url }, ...options })
  context.after(() => {
    const log = gateway.logged.join('')
    assert.ok(!secretsOf(url).some((secret) => log.includes(secret)), log)
  })
  return gateway
}

async function statusOf(gateway: GatewayOfTest): Promise<Readonly<Record<string, unknown>>> {
  const owner = await gateway.owner()
  const status = await owner.call<Readonly<Record<string, unknown>>>('status')
  await owner.end()
  return status
}

test('a device pairs, comes back after a restart, is rotated and revoked', async (context) => {
  const url = await server.freshDatabase()
  const gateway = await openOnPostgres(context, url)
  const { device, token, client } = await pair(gateway, { scopes })
  assert.equal((await client.request('device.pair.list')).ok, true)
  const { requestId } = await askToPair(gateway, { device: makeDevice(), scopes })
  const status = await statusOf(gateway)
  assert.deepEqual(
    [status['database'], status['pairedDevices'], status['pendingRequests']],
    ['postgres', 1, 1],
  )
  assert.equal(existsSync(join(gateway.stateDir, 'pairgate.db')), false)

  await gateway.restart()
  const back = await connectPaired(gateway, { device, token, scopes })
  const owner = await gateway.owner()
  const list = await owner.call<{ pending: { requestId: string }[] }>('device.pair.list')
  assert.deepEqual(
    list.pending.map((one) => one.requestId),
    [requestId],
  )

  await owner.call('device.token.rotate', { deviceId: device.id, role: 'operator' })
  await expectClose(back.client, 4001, 'device removed')
  const rotated = await connectPaired(gateway, { device, token, scopes })
  const fresh = String(rotated.hello.auth.deviceToken)
  assert.notEqual(fresh, token)
  const proved = await connectPaired(gateway, { device, token: fresh, scopes })

  await owner.call('device.token.revoke', { deviceId: device.id, role: 'operator' })
  await expectClose(proved.client, 4001, 'device removed')
  await gateway.restart()
  const refused = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: fresh } })
  assert.equal(refused.details?.['authReason'], 'token_revoked')
})

test('a database on a server is looked at beside its gateway, and its keys are changed while that is stopped', async (context) => {
  const url = await server.freshDatabase()
  const empty = await examineDatabase(url)
  assert.deepEqual(empty, [['database', 'note', 'PostgreSQL, without tables of Pairgate yet.']])
  const gateway = await openOnPostgres(context, url)
  const { device, token } = await pair(gateway, { scopes })
  const seen = await examineDatabase(url, gateway.stateDir)
  assert.deepEqual(
    seen.slice(0, 3).map(([check, level]) => [check, level]),
    [
      ['database', 'ok'],
      ['keys', 'ok'],
      ['event-log', 'ok'],
    ],
  )

  await gateway.stop()
  const env = { DATABASE_URL: url, PAIRGATE_STATE_DIR: gateway.stateDir }
  assert.equal((await rekeyGateway({ env })).rotatedTokens, 1)
  const again = await openOnPostgres(context, url, { stateDir: gateway.stateDir })
  const { hello } = await connectPaired(again, { device, token, scopes })
  assert.notEqual(hello.auth.deviceToken, token)
  const owner = await again.owner()
  assert.equal((await owner.call<AuditVerdict>('audit.verify')).ok, true)
})

async function examineDatabase(url: string, stateDir = '/nowhere') {
  const options = { env: {}, url, idleMs: undefined, isRunning: false, nowMs: 0, tokens: [] }
  const { findings } = await lookAtDatabase(statePaths(stateDir, {}), { ...options, fingerprintOf: () => '' })
  return findings.map(({ check, level, what }) => [check, level, what])
}

test('while the server is away calls are told to come again, and everything works when it is back', async (context) => {
  const url = await server.freshDatabase()
  const gateway = await openOnPostgres(context, url)
  const { device, token, client } = await pair(gateway, { scopes })
  await server.stop()
  try {
    const error = await client.fail('device.pair.list')
    assert.deepEqual([error.code, error.retryable], ['UNAVAILABLE', true])
    const late = gateway.open()
    void late.connect({ device, scopes, auth: { deviceToken: token } }).catch(() => undefined)
    await expectClose(late, 1013, 'try again later')
  } finally {
    await server.start()
  }
  await eventually(async () => (await client.request('device.pair.list')).ok, 'a list')
  await connectPaired(gateway, { device, token, scopes })
  await pair(gateway, { scopes })
  const log = gateway.logged.join('')
  assert.match(log, /StoreUnavailable/)
})

test('a database serves one gateway at a time, and the next as soon as the first has stopped', async (context) => {
  const url = await server.freshDatabase()
  const first = await openOnPostgres(context, url)
  const env = { DATABASE_URL: `${url}?lock_timeout=200`, PAIRGATE_TOKEN_KEY: 'A'.repeat(43) }
  await assert.rejects(openGateway(context, { env }), (error) => {
    assert.ok(error instanceof StateError, inspect(error))
    assert.match(error.message, /^Cannot open the database: another gateway uses this database\. Stop/)
    return true
  })
  await first.stop()
  await assert.rejects(openGateway(context, { env }), /The token key does not belong to this database/)
})

test('a database that cannot be opened is one sentence without the password', async (context) => {
  const url = await server.freshDatabase()
  const changed = (change: (address: URL) => void) => {
    const address = new URL(url)
    change(address)
    return address.href
  }
  const cases: Readonly<Record<string, RegExp>> = {
    [changed((address) => (address.port = '9'))]: /cannot be reached \(.*ECONNREFUSED.*\)\. Check gateway/,
    [changed((address) => (address.hostname = 'no.such.host.invalid'))]: /cannot be reached \(.*\)\. Check/,
    [changed((address) => (address.pathname = '/nowhere'))]:
      /refuses .* \(database "nowhere" does not exist\)/,
    [changed((address) => (address.password = 'hunter2'))]: /refuses .* \(password authentication failed/,
    [changed((address) => (address.search = '?sslmode=require'))]: /cannot be reached \(.*SSL.*\)/,
    [changed((address) => (address.search = '?sslrootcert=/nowhere'))]: /address .* cannot be used \(ENOENT/,
  }
  for (const [address, message] of Object.entries(cases)) {
    for (const options of [
      { env: { DATABASE_URL: address } },
      { config: { database: { url: address } } },
    ] satisfies GatewayOptions[]) {
      await assert.rejects(openGateway(context, options), (error) => {
        assert.ok(error instanceof StateError, inspect(error))
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /\n/)
        const told = inspect(error, { depth: 10, showHidden: true })
        assert.ok(!secretsOf(address).some((secret) => told.includes(secret)), told)
        return true
      })
    }
  }
})

test('a file that is left aside for a PostgreSQL database is pointed out', async (context) => {
  const url = await server.freshDatabase()
  const onFile = await openGateway(context)
  assert.deepEqual(onFile.running.warnings, [])
  await onFile.stop()
  const gateway = await startGateway({
    flags: { port: '0' },
    env: { PAIRGATE_STATE_DIR: onFile.stateDir, DATABASE_URL: url },
    log: createLog({ level: 'silent', destination: process.stderr }),
  })
  assert.match(gateway.warnings.join(), /pairgate\.db and the devices in it are not used/)
  await gateway.stop('test')
})

test('the event log of a database on a server is sealed, held against its head and recovered', async (context) => {
  const url = await server.freshDatabase()
  const gateway = await openOnPostgres(context, url)
  const { device, token } = await pair(gateway, { scopes })
  await pair(gateway, { scopes })
  const verify = async () => {
    const owner = await gateway.owner()
    const verdict = await owner.call<AuditVerdict>('audit.verify')
    await owner.end()
    return verdict
  }
  const sound = await verify()
  assert.deepEqual(sound, { ...sound, ok: true, events: 2 })
  await gateway.stop()

  const database = new URL(url).pathname.slice(1)
  await server.ask('delete from event_details where seq = 2', database)
  await server.ask('delete from events where seq = 2', database)
  const refused = gateway.restart()
  await assert.rejects(refused, /event 2 of epoch 1\. Event 2 is gone, .*\n.*\n.*recover --accept-rollback/)
  const env = { PAIRGATE_STATE_DIR: gateway.stateDir, DATABASE_URL: url }
  const { recovery } = await recoverEventLog({ env })
  assert.equal(recovery?.revokedTokens, 2)
  await gateway.restart()
  const recovered = await verify()
  assert.deepEqual(recovered, { ...recovered, ok: true, events: 4 })
  const { details } = await refusedConnect(gateway, { device, scopes, auth: { deviceToken: token } })
  assert.equal(details?.['authReason'], 'token_revoked')
})
