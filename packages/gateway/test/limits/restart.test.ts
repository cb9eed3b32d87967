import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { ON_SQLITE } from '../harness/engine.ts'
import { type GatewayOfTest, openGateway } from '../harness/gateway-of-test.ts'
import { holdSweepers, holdTime } from '../harness/hold-time.ts'
import { eventually } from '../harness/within.ts'
import { from, guess, TOKEN } from './guess.ts'
import { restartRules } from './restart-rules.ts'

const open = (context: TestContext, limits: object) =>
  openGateway(context, { config: { auth: { token: TOKEN }, trustedProxies: ['127.0.0.1'], limits } })

/** What another program reads in the gateway's database. */
function rowsOf({ stateDir }: GatewayOfTest): readonly Readonly<Record<string, unknown>>[] {
  const database = new DatabaseSync(join(stateDir, 'pairgate.db'), { readOnly: true })
  const rows = database.prepare('select * from limits order by key').all()
  database.close()
  return rows
}

describe('a restart', () => restartRules(ON_SQLITE))

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
    const time = holdTime(t)
    const sweep = holdSweepers(t)
    const gateway = await open(t, { failuresPerPeer: 3, failureWindowMs: 1_000, lockoutMs: 1_000 })
    await guess(gateway, 5, { open: from('203.0.113.5') })
    sweep()
    await eventually(() => rowsOf(gateway).length > 0, 'the counters in the database')
    time.advance(2_000)
    sweep()
    await eventually(() => rowsOf(gateway).length === 0, 'their end')
  })
})
