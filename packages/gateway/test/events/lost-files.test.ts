import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { recoverEventLog } from '../../src/recover-event-log.ts'
import { StateError } from '../../src/state/state-error.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { copyOf, type LogOnDisk, makeLog } from './log-on-disk.ts'

// What docs/operations.md promises under "When something is lost", a file at a time.

const cleanUps: (() => Promise<void>)[] = []
let log: LogOnDisk

before(async () => {
  log = await makeLog({ after: (cleanUp) => void cleanUps.push(async () => void (await cleanUp())) })
})
after(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp()
})

describe('a state directory of which a file was lost', () => {
  for (const name of ['localKey', 'eventHead'] as const) {
    test(`starts without ${name} as if nothing had been`, async (context) => {
      const { stateDir, paths } = log.copy(context)
      rmSync(paths[name])
      const gateway = await openGateway(context, { stateDir })
      const owner = await gateway.owner()
      assert.equal((await owner.call<{ ok: boolean }>('audit.verify')).ok, true)
    })
  }

  test('goes on without the key of its log only when told to, and then lets every device ask again', async (context) => {
    const { stateDir, paths } = log.copy(context)
    rmSync(paths.eventsKey)
    await assert.rejects(openGateway(context, { stateDir }), StateError)
    const { recovery } = await recoverEventLog({ env: { PAIRGATE_STATE_DIR: stateDir } })
    assert.ok(recovery && recovery.revokedTokens > 0)
    await openGateway(context, { stateDir })
  })

  test('starts anew without its token key once database and head are out of the way', async (context) => {
    const { stateDir, paths } = log.copy(context)
    rmSync(paths.tokenKey)
    await assert.rejects(openGateway(context, { stateDir }), /does not belong to this database/)
    for (const path of [paths.database, `${paths.database}-wal`, `${paths.database}-shm`, paths.eventHead])
      rmSync(path, { force: true })
    await openGateway(context, { stateDir })
  })
})

test('a copy of a state directory holds all that a gateway needs', async (context) => {
  const copy = copyOf(log.stateDir, context)
  await openGateway(context, { stateDir: copy.stateDir })
})
