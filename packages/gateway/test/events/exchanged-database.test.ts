import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type GatewayOfTest, openGateway, type TestHooks } from '../harness/gateway-of-test.ts'
import { connectPaired, pair, refusedConnect } from '../harness/pair.ts'
import { expectClose } from '../harness/wire-client.ts'
import { eventually } from '../harness/within.ts'

const hooksOf = (context: { after: TestHooks['after'] }): TestHooks => ({
  after: (cleanUp) => context.after(cleanUp),
})

/** Changes the database under a running gateway, as a failover to another copy of it would. */
function exchange({ stateDir }: GatewayOfTest, statement: string): void {
  const database = new DatabaseSync(join(stateDir, 'pairgate.db'), { enableForeignKeyConstraints: false })
  database.exec(statement)
  database.close()
}
const isReady = async ({ port }: GatewayOfTest) => {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`)
  const { failing } = (await answer.json()) as { readonly failing: readonly string[] }
  return { status: answer.status, failing }
}

const copies = {
  'an older copy': 'delete from events where seq = (select max(seq) from events)',
  'a copy with another history': "update events set mac = 'x' where seq = (select max(seq) from events)",
  'an empty copy': 'delete from events',
}
for (const [what, statement] of Object.entries(copies)) {
  test(`a gateway whose database becomes ${what} closes every connection and lets nobody in`, async (context) => {
    const gateway = await openGateway(hooksOf(context))
    const { device, token, client } = await pair(gateway, { scopes: ['operator.read'] })
    // Proved and remembered, so that only disbelief keeps it out below.
    const second = await connectPaired(gateway, { device, token })
    const owner = await gateway.owner()
    assert.equal((await isReady(gateway)).status, 200)

    exchange(gateway, statement)
    for (const each of [client, second.client, owner]) await expectClose(each, 1013, 'try again later')
    const error = await refusedConnect(gateway, { device, auth: { deviceToken: token } })
    assert.deepEqual([error.code, error.retryable], ['UNAVAILABLE', true])
    const { status, failing } = await isReady(gateway)
    assert.deepEqual([status, failing], [503, ['event-log']])
    const said = gateway.logged.filter((line) => line.includes('the database was exchanged'))
    assert.ok(said.some((line) => line.includes('openclaw recover --accept-rollback')))
  })
}

test('a revocation that was committed behind the back of the gateway is acted on within its next second', async (context) => {
  const hooks = hooksOf(context)
  const gateway = await openGateway(hooks)
  const { device, client } = await pair(gateway, { scopes: ['operator.read'] })
  // The wake-up is lost: the row is there, and nobody has told this instance.
  exchange(
    gateway,
    `insert into events (seq, at, epoch, actor, kind, device_id, role, token_id, details_hash, prev, mac)
     select seq + 1, at, epoch, actor, 'token-revoked', '${device.id}', 'operator', token_id, 'x', mac, 'y'
     from events where seq = (select max(seq) from events)`,
  )
  await expectClose(client, 4001, 'device removed')
  await eventually(async () => (await isReady(gateway)).status === 200, 'the gateway goes on')
})
