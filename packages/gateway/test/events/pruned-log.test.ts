import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import type { ChainFault } from '@pairgate/core'
import type { AuditPruning, AuditVerdict } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { recoverEventLog } from '../../src/recover-event-log.ts'
import { openGateway } from '../harness/gateway-of-test.ts'
import { type CopyOfLog, copyOf, makeLog } from './log-on-disk.ts'

const base = await makeLog({ after })
/** The events up to here are pruned; the event that says so is the last of the log. */
const PRUNED = 5
const CHECKPOINT = base.events + 1

async function pruneOnce(): Promise<CopyOfLog> {
  const copy = base.copy({ after })
  const gateway = await openGateway({ after }, { stateDir: copy.stateDir })
  const owner = await gateway.owner()
  const plan = await owner.call<AuditPruning>('audit.prune', { beforeSeq: PRUNED + 1, preview: true })
  assert.deepEqual(plan, { events: PRUNED, from: 1, to: PRUNED })
  const pruned = await owner.call<AuditPruning>('audit.prune', { beforeSeq: PRUNED + 1 })
  assert.deepEqual(pruned, { ...plan, traces: 'none' })
  await gateway.stop()
  return copy
}
const prunedLog = await pruneOnce()
const fresh = (context: TestContext) =>
  copyOf(prunedLog.stateDir, { after: (cleanUp) => context.after(cleanUp) })

async function assertFault(edited: CopyOfLog, at: number, fault: ChainFault): Promise<void> {
  assert.deepEqual(await edited.verify(), { ok: false, seq: at, fault })
}
/** Brings events back from before the pruning, as if the process had died before it came to them. */
function bringBack(copy: CopyOfLog, from: number): void {
  const some = `where seq between ${from} and ${PRUNED}`
  copy.edit(
    `attach '${base.stateDir}/pairgate.db' as old`,
    `insert into events select * from old.events ${some}`,
    `insert into event_details select * from old.event_details ${some}`,
  )
}
const seq = fc.integer({ min: PRUNED + 1, max: CHECKPOINT })

describe('a log that was pruned', () => {
  test('verifies from its checkpoint on, says so, and starts', async (context) => {
    const same = fresh(context)
    const verdict = await same.verify()
    assert.ok(verdict.ok)
    const { checkpoint, from, to, events } = verdict
    assert.deepEqual([from, to, events], [PRUNED + 1, CHECKPOINT, CHECKPOINT - PRUNED])
    assert.deepEqual(
      [checkpoint?.seq, checkpoint?.event, checkpoint?.count, checkpoint?.epoch],
      [PRUNED, CHECKPOINT, PRUNED, 1],
    )
    assert.match(checkpoint?.mac ?? '', /^[0-9a-f]{64}$/)
    assert.deepEqual(await same.start(), await same.head())
  })

  test('does not verify without its checkpoint, or with another one', async (context) => {
    const without = fresh(context)
    without.edit(
      `delete from event_details where seq = ${CHECKPOINT}`,
      `delete from events where seq = ${CHECKPOINT}`,
    )
    await assertFault(without, 1, 'removed')
    await assert.rejects(without.start(), /openclaw recover --accept-rollback/)

    const erased = fresh(context)
    erased.edit(`delete from event_details where seq = ${CHECKPOINT}`)
    await assertFault(erased, 1, 'removed')

    const shifted = fresh(context)
    shifted.edit(
      `update event_details set body = replace(body, '"seq":${PRUNED}', '"seq":${PRUNED + 1}') where seq = ${CHECKPOINT}`,
      `delete from event_details where seq = ${PRUNED + 1}`,
      `delete from events where seq = ${PRUNED + 1}`,
    )
    await assertFault(shifted, 1, 'removed')
  })

  test('does not verify when more of its beginning goes than was pruned', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: PRUNED + 1, max: base.events }), async (upTo) => {
        const edited = fresh(context)
        edited.edit(
          `delete from event_details where seq <= ${upTo}`,
          `delete from events where seq <= ${upTo}`,
        )
        await assertFault(edited, PRUNED + 1, 'removed')
      }),
      { numRuns: 8 },
    )
    const unpruned = base.copy({ after: (cleanUp) => context.after(cleanUp) })
    unpruned.edit('delete from event_details where seq <= 3', 'delete from events where seq <= 3')
    await assertFault(unpruned, 1, 'removed')
  })

  test('does not verify when any of its events is changed, or one is put in', async (context) => {
    await fc.assert(
      fc.asyncProperty(seq, async (at) => {
        const edited = fresh(context)
        edited.edit(`update events set actor = 'nobody' where seq = ${at}`)
        // Of a checkpoint that is not genuine nothing is believed, so the pruned part is missing.
        await (at === CHECKPOINT ? assertFault(edited, 1, 'removed') : assertFault(edited, at, 'changed'))
      }),
      { numRuns: 10, examples: [[CHECKPOINT]] },
    )
    const columns = 'epoch, at, actor, via, kind, device_id, details_hash, prev, mac'
    const behind = fresh(context)
    behind.edit(
      `insert into events (seq, ${columns}) select ${CHECKPOINT + 1}, ${columns} from events where seq = ${CHECKPOINT}`,
    )
    await assertFault(behind, CHECKPOINT + 1, 'inserted')
    const before = fresh(context)
    before.edit(
      `insert into events (seq, ${columns}) select ${PRUNED}, ${columns} from events where seq = ${PRUNED + 1}`,
    )
    await assertFault(before, PRUNED, 'inserted')
  })

  test('whose process died in the middle verifies and starts, whatever is left, and the next one goes on', async (context) => {
    for (let from = 1; from <= PRUNED; from += 1) {
      const left = fresh(context)
      bringBack(left, from)
      const verdict = await left.verify()
      assert.ok(verdict.ok, JSON.stringify(verdict))
      assert.deepEqual([verdict.from, verdict.to], [from, CHECKPOINT])
      await left.start()

      const edited = fresh(context)
      bringBack(edited, from)
      edited.edit(`update events set actor = 'nobody' where seq = ${PRUNED}`)
      await assertFault(edited, PRUNED, 'changed')
    }
    const left = fresh(context)
    bringBack(left, 3)
    const gateway = await openGateway(context, { stateDir: left.stateDir })
    const owner = await gateway.owner()
    await owner.call('audit.prune', { beforeSeq: 2 })
    const verdict = await owner.call<AuditVerdict>('audit.verify')
    assert.deepEqual(verdict, { ...verdict, ok: true, from: PRUNED + 1, to: CHECKPOINT })
  })

  test('is recovered like any other, and pruned again after that', async (context) => {
    const edited = fresh(context)
    edited.edit("update events set actor = 'nobody' where seq in (8, 10)")
    edited.noteHead('gone')
    const { found } = await recoverEventLog({ env: { PAIRGATE_STATE_DIR: edited.stateDir } })
    assert.match(String(found), /^Event 8 was changed/)
    const verdict = await edited.verify()
    assert.deepEqual(verdict, { ...verdict, ok: true, accepted: [{ seq: 8, fault: 'changed' }] })

    const gateway = await openGateway(context, { stateDir: edited.stateDir })
    const owner = await gateway.owner()
    // The recovery went on with the first fault. From behind that, the second would be one that nobody accepted.
    const refused = await owner.fail('audit.prune', { beforeSeq: 10 })
    assert.equal(refused.message, 'the event log does not verify: event 10 (changed)')
    await owner.call('audit.prune', { beforeSeq: CHECKPOINT + 2 })
    const again = await owner.call<AuditVerdict>('audit.verify')
    assert.deepEqual(again, { ...again, ok: true, from: CHECKPOINT + 2, accepted: [] })
  })

  test('that does not verify is evidence, and is not pruned', async (context) => {
    const edited = fresh(context)
    edited.edit(`update events set actor = 'nobody' where seq = ${base.events}`)
    const gateway = await openGateway(context, { stateDir: edited.stateDir })
    const owner = await gateway.owner()
    const { message } = await owner.fail('audit.prune', { beforeSeq: 8 })
    assert.equal(message, `the event log does not verify: event ${base.events} (changed)`)
    const verdict = await owner.call<AuditVerdict>('audit.verify')
    assert.deepEqual(verdict, { ...verdict, ok: false, seq: base.events })
  })
})
