import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdTime } from '../harness/hold-time.ts'
import { eventually } from '../harness/within.ts'
import { from, guess, outcome, TOKEN } from './guess.ts'

const RIGHT = { auth: { token: TOKEN } }
const open = (context: TestContext, limits: object) =>
  openGateway(context, { config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'], limits } })

/** What another program reads in the gateway's database. */
function rowsOf({ stateDir }: GatewayOfTest): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(join(stateDir, 'pairgate.db'), { readOnly: true })
  const rows = database.prepare('select * from limits order by key').all()
  database.close()
  return rows
}

describe('a restart', () => {
  test('ends no lockout, for as long as it was to last', async (t) => {
    const time = holdTime(t)
    const gateway = await open(t, { failuresPerPeer: 10 })
    const peer = from('203.0.113.5')
    await guess(gateway, 12, { open: peer })
    time.advance(200_000)
    await gateway.restart()
    assert.equal(await outcome(gateway, RIGHT, peer), 'AUTH_RATE_LIMITED')
    assert.equal(await outcome(gateway, RIGHT, from('203.0.113.6')), 'ok')
    time.advance(99_999)
    await gateway.restart()
    assert.equal(await outcome(gateway, RIGHT, peer), 'AUTH_RATE_LIMITED')
    time.advance(1)
    assert.equal(await outcome(gateway, RIGHT, peer), 'ok')
  })

  test('gives nobody new tries within the same minute, one by one or together', async (t) => {
    holdTime(t)
    const gateway = await open(t, { failuresPerPeer: 10, failuresInAll: 12 })
    const peer = from('203.0.113.5')
    await guess(gateway, 8, { open: peer })
    await gateway.restart()
    assert.equal((await guess(gateway, 8, { open: peer }))['AUTH_TOKEN_MISMATCH'], 2)
    await gateway.restart()
    const other = from('203.0.113.6')
    assert.equal((await guess(gateway, 8, { open: other }))['AUTH_TOKEN_MISMATCH'], 2)
  })
})

describe('the database', () => {
  test('holds a lockout within seconds, so that a crash does not end it either', async (t) => {
    const gateway = await open(t, { failuresPerPeer: 3 })
    await guess(gateway, 5, { open: from('203.0.113.5') })
    await eventually(() => rowsOf(gateway).length === 2, 'the counters in the database')
    const [peer, everybody] = rowsOf(gateway)
    assert.deepEqual([peer?.['key'], peer?.['failures']], ['203.0.113.5', 3])
    assert.ok(Number(peer?.['locked_until']) > Date.now())
    assert.deepEqual([everybody?.['key'], everybody?.['failures']], ['everybody', 3])
  })

  test('keeps no counter that is over', async (t) => {
    const gateway = await open(t, { failuresPerPeer: 3, failureWindowMs: 1_000, lockoutMs: 1_000 })
    await guess(gateway, 5, { open: from('203.0.113.5') })
    await eventually(() => rowsOf(gateway).length > 0, 'the counters in the database')
    await eventually(() => rowsOf(gateway).length === 0, 'their end')
  })
})
