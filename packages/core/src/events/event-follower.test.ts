import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import type { LoggedEvent } from '../domain/gateway-event.ts'
import { createEventFollower } from './event-follower.ts'

const seal = (seq: number) => (seq === 0 ? '' : `seal ${seq}`)
const logged = (seq: number): LoggedEvent => ({
  seq,
  epoch: 1,
  mac: seal(seq),
  prev: seal(seq - 1),
  at: seq as Instant,
  actor: 'owner',
  connId: 'c',
  event: { kind: 'device-removed', deviceId: String(seq) as DeviceId },
})

function followed(log: LoggedEvent[], from = 0) {
  const seen: number[] = []
  const time = { ticks: 0, wall: 0, breaks: 0, isAway: false }
  const follower = createEventFollower({
    from: { seq: from, mac: seal(from) },
    apply: ({ seq }) => seen.push(seq),
    onBreak: () => {
      time.breaks += 1
    },
    clock: { now: () => time.wall as Instant, ticks: () => time.ticks },
    // A read takes a turn of the event loop, as a real one does.
    eventsAfter: async (cursor, limit) => {
      const page = log.filter(({ seq }) => seq > cursor).slice(0, limit)
      await new Promise(setImmediate)
      if (time.isAway) throw new Error('disk')
      return page
    },
  })
  return { seen, follower, time }
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
  const { seen, follower, time } = followed([logged(1)])
  time.isAway = true
  const first = follower.catchUp()
  const second = follower.catchUp()
  await assert.rejects(first, /disk/)
  await assert.rejects(second, /disk/)
  time.isAway = false
  await follower.catchUp()
  assert.deepEqual(seen, [1])
})
test('what is remembered is believed for two seconds after the log was asked, by both clocks', async () => {
  const { follower, time } = followed([logged(1)])
  assert.equal(follower.isCurrent, false)
  for (const clock of ['ticks', 'wall'] as const) {
    await follower.catchUp()
    time[clock] += 1_999
    assert.equal(follower.isCurrent, true)
    time[clock] += 1
    assert.equal(follower.isCurrent, false, `${clock} stood still`)
  }
})
test('the two seconds begin when the read begins, not when its answer comes', async () => {
  const { follower, time } = followed([logged(1)])
  const reading = follower.catchUp()
  time.ticks += 2_000
  await reading
  assert.equal(follower.isCurrent, false)
})
test('a doubt ends belief until a read that began after it', async () => {
  const { follower } = followed([logged(1)])
  await follower.catchUp()
  const reading = follower.catchUp()
  follower.doubt()
  await reading
  assert.equal(follower.isCurrent, false)
  await follower.catchUp()
  assert.equal(follower.isCurrent, true)
})

const older = { ...logged(2), mac: 'another seal' }
const copies: Readonly<Record<string, (log: readonly LoggedEvent[]) => readonly LoggedEvent[]>> = {
  'an older copy, whose tail is missing': (log) => log.slice(0, 2),
  'an empty database': () => [],
  'an older copy on which others went on': (log) => [
    ...log.slice(0, 1),
    older,
    { ...logged(3), prev: older.mac, mac: 'a third' },
  ],
  'a copy with a gap behind the last event': () => [logged(5)],
  'a copy whose next event follows another one': () => [{ ...logged(4), prev: 'another seal' }],
}
for (const [what, exchange] of Object.entries(copies)) {
  test(`a database that was exchanged for ${what} is noticed once, and nothing of it is applied`, async () => {
    const log = [1, 2, 3].map(logged)
    const { follower, seen, time } = followed(log)
    await follower.catchUp()
    log.splice(0, log.length, ...exchange([...log]))
    await assert.rejects(follower.catchUp(), /database was exchanged/)
    await assert.rejects(follower.catchUp(), /database was exchanged/)
    assert.deepEqual([seen, time.breaks, follower.isBroken, follower.isCurrent], [[1, 2, 3], 1, true, false])
  })
}
test('a log whose older events were pruned goes on', async () => {
  const log = [1, 2, 3].map(logged)
  const { follower, seen } = followed(log)
  await follower.catchUp()
  log.splice(0, 3, logged(4))
  await follower.catchUp()
  assert.deepEqual(seen, [1, 2, 3, 4])
})
