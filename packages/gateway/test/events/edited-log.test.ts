import assert from 'node:assert/strict'
import { after, describe, type TestContext, test } from 'node:test'
import type { ChainFault } from '@pairgate/core'
import fc from 'fast-check'
import { StateError } from '../../src/state/state-error.ts'
import { type CopyOfLog, makeLog } from './log-on-disk.ts'

const base = await makeLog({ after })
const { events } = base
const LAST = events
const seq = fc.integer({ min: 1, max: events })

/** One copy for each run of a property, gone with the test. */
const copy = (context: TestContext) => base.copy({ after: (cleanUp) => context.after(cleanUp) })

async function assertFault(edited: CopyOfLog, at: number, fault: ChainFault): Promise<void> {
  assert.deepEqual(await edited.verify(), { ok: false, seq: at, fault })
}
/** A start that refuses says what was found, and how to go on. */
async function assertRefused(edited: CopyOfLog, said: RegExp): Promise<void> {
  await assert.rejects(edited.start(), (error) => {
    assert.ok(error instanceof StateError, String(error))
    assert.match(error.message, said)
    assert.match(error.message, /openclaw recover --accept-rollback/)
    return true
  })
}

describe('in a database file that another program has edited', () => {
  test('nothing is noticed when nothing was changed', async (context) => {
    const same = copy(context)
    assert.ok(events >= 12, `${events} events`)
    const verdict = await same.verify()
    assert.deepEqual(verdict, { ...verdict, ok: true, events, from: 1, to: LAST, erased: 0, unsealed: 0 })
    assert.deepEqual(await same.start(), await same.head())
  })

  test('any change of any column of any event is noticed', async (context) => {
    const value = fc.constantFrom(
      'epoch = epoch + 1',
      'at = at + 1',
      "actor = 'nobody'",
      "via = 'host'",
      "kind = 'device-renamed', role = 'x'",
      'device_id = hex(randomblob(32))',
      "role = coalesce(role, '') || 'x'",
      "request_id = coalesce(request_id, '') || 'x'",
      "token_id = coalesce(token_id, '') || 'x'",
      'ends_connections = 1 - coalesce(ends_connections, 0)',
      'details_hash = hex(randomblob(32))',
      'prev = hex(randomblob(32))',
      'mac = hex(randomblob(32))',
    )
    await fc.assert(
      fc.asyncProperty(seq, value, async (at, change) => {
        const edited = copy(context)
        edited.edit(`update events set ${change} where seq = ${at}`)
        await assertFault(edited, at, 'changed')
        if (at === LAST) await assertRefused(edited, new RegExp(`Event ${at} was changed`))
      }),
      { numRuns: 60, examples: [[LAST, "actor = 'nobody'"]] },
    )
  })

  test('any change of the details of any event is noticed', async (context) => {
    await fc.assert(
      fc.asyncProperty(seq, fc.constantFrom('salt', 'body'), async (at, column) => {
        const edited = copy(context)
        edited.edit(`update event_details set ${column} = ${column} || ' ' where seq = ${at}`)
        await assertFault(edited, at, 'details-changed')
      }),
      { numRuns: 15 },
    )
  })

  test('any event that is gone is noticed, also when the rest moves up', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: events - 1 }), fc.boolean(), async (at, moved) => {
        const edited = copy(context)
        edited.edit(`delete from event_details where seq = ${at}`, `delete from events where seq = ${at}`)
        if (!moved) return assertFault(edited, at, 'removed')
        edited.edit(
          `update events set seq = seq - 1 where seq > ${at}`,
          `update event_details set seq = seq - 1 where seq > ${at}`,
        )
        await assertFault(edited, at, 'changed')
        await assertRefused(edited, /does not lead up to its last known end/)
      }),
      { numRuns: 20 },
    )
  })

  test('any event that was put in is noticed', async (context) => {
    const columns = 'epoch, at, actor, via, kind, device_id, details_hash, prev, mac'
    await fc.assert(
      fc.asyncProperty(seq, async (at) => {
        const edited = copy(context)
        edited.edit(
          `update events set seq = seq + 100000 where seq >= ${at}`,
          `update events set seq = seq - 99999 where seq > 100000`,
          `update event_details set seq = seq + 100000 where seq >= ${at}`,
          `update event_details set seq = seq - 99999 where seq > 100000`,
          `insert into events (seq, ${columns}) select ${at}, ${columns} from events where seq = ${at === 1 ? 2 : 1}`,
        )
        await assertFault(edited, at, 'inserted')
      }),
      { numRuns: 15 },
    )
    const behind = copy(context)
    behind.edit(
      `insert into events (seq, ${columns}) select ${LAST + 1}, ${columns} from events where seq = ${LAST}`,
    )
    await assertFault(behind, LAST + 1, 'inserted')
    await assertRefused(behind, new RegExp(`Event ${LAST + 1} was not written by this gateway`))
  })

  test('any two events that change places are noticed', async (context) => {
    await fc.assert(
      fc.asyncProperty(seq, seq, async (one, other) => {
        const [first, second] = [Math.min(one, other), Math.max(one, other)]
        if (first === second) return
        const edited = copy(context)
        edited.edit(
          `update events set seq = 10000 + ${first} where seq = ${first}`,
          `update events set seq = ${first} where seq = ${second}`,
          `update events set seq = ${second} where seq = 10000 + ${first}`,
        )
        const verdict = await edited.verify()
        assert.deepEqual(verdict, { ...verdict, ok: false, seq: first })
      }),
      { numRuns: 20 },
    )
  })

  test('an end that was cut off is noticed, and the gateway does not start', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: events - 1 }), async (kept) => {
        const edited = copy(context)
        edited.edit(
          `delete from event_details where seq > ${kept}`,
          `delete from events where seq > ${kept}`,
          // As if a decision of today stood in the tables, whatever the log was cut to.
          'update devices set approved_at = approved_at + 1000000',
        )
        await assertFault(edited, kept + 1, 'tail-cut')
        await assertRefused(edited, new RegExp(`event ${LAST} of epoch 1\\. Event ${kept + 1} is gone`))
      }),
      { numRuns: 10 },
    )
  })

  test('details that were erased break nothing: the log verifies and the gateway starts', async (context) => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(seq), async (erased) => {
        const edited = copy(context)
        edited.edit(`delete from event_details where seq in (${erased.join(', ')})`)
        const verdict = await edited.verify()
        assert.deepEqual(verdict, { ...verdict, ok: true, erased: erased.length })
        await edited.start()
      }),
      { numRuns: 10 },
    )
  })
})
