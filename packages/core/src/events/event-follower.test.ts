import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import type { LoggedEvent } from '../domain/gateway-event.ts'
import { createEventFollower } from './event-follower.ts'

const logged = (seq: number): LoggedEvent => ({
  seq,
  epoch: 1,
  mac: '',
  at: seq as Instant,
  actor: 'owner',
  connId: 'c',
  event: { kind: 'device-removed', deviceId: String(seq) as DeviceId },
})

function followed(log: LoggedEvent[], from = 0) {
  const seen: number[] = []
  const follower = createEventFollower({
    from,
    apply: ({ seq }) => seen.push(seq),
    // A read takes a turn of the event loop, as a real one does.
    eventsAfter: async (cursor, limit) => {
      const page = log.filter(({ seq }) => seq > cursor).slice(0, limit)
      await new Promise(setImmediate)
      return page
    },
  })
  return { seen, follower }
}

test('whatever interleaving, every event is applied once, in order, and before its writer goes on', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), async (turns) => {
      const log: LoggedEvent[] = []
      const { seen, follower } = followed(log)
      const writers = turns.map(async (wait) => {
        for (let turn = 0; turn < wait; turn += 1) await new Promise(setImmediate)
        const seq = log.push(logged(log.length + 1))
        await follower.catchUp()
        assert.equal(seen.includes(seq), true)
      })
      await Promise.all(writers)
      assert.deepEqual(
        seen,
        log.map(({ seq }) => seq),
      )
    }),
    { numRuns: 50 },
  )
})
test('more events than one page holds are all applied', async () => {
  const log = Array.from({ length: 450 }, (_, n) => logged(n + 1))
  const { seen, follower } = followed(log, 3)
  await follower.catchUp()
  assert.deepEqual([seen.length, seen[0], follower.cursor], [447, 4, 450])
})
test('a read that fails is told to its caller, and the next call goes on where it stopped', async () => {
  const seen: number[] = []
  let broken = true
  const follower = createEventFollower({
    from: 0,
    apply: ({ seq }) => seen.push(seq),
    eventsAfter: async (cursor) => {
      if (broken) throw new Error('disk')
      return cursor === 0 ? [logged(1)] : []
    },
  })
  const first = follower.catchUp()
  const second = follower.catchUp()
  await assert.rejects(first, /disk/)
  await assert.rejects(second, /disk/)
  broken = false
  await follower.catchUp()
  assert.deepEqual(seen, [1])
})
