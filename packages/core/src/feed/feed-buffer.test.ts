import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import type { FeedNote, FeedRow } from '../domain/feed-row.ts'
import { createFeedBuffer } from './feed-buffer.ts'
import { createKeepFeed } from './keep-feed.ts'

const HOUR_MS = 3_600_000

function clockAt(start: number) {
  let now = start
  return {
    clock: { now: () => now as Instant, steady: () => now as Instant },
    pass: (ms: number) => {
      now += ms
    },
  }
}
const total = (rows: readonly FeedRow[]) => rows.reduce((sum, { count }) => sum + count, 0)
const refused = (prefix: string): FeedNote => ({ kind: 'connect-refused', reason: 'x', prefix })

test('whatever is noted, no count is lost, and no more rows are kept than there is room for', () => {
  const note: fc.Arbitrary<FeedNote> = fc.record({
    kind: fc.constantFrom('connect-refused', 'request-filed'),
    reason: fc.constantFrom('a', 'b'),
    prefix: fc.nat(40).map((n) => `192.0.2.${n}`),
    deviceId: fc.option(fc.constant('d' as DeviceId), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(note, { maxLength: 200 }), fc.nat(10), (notes, room) => {
      const buffer = createFeedBuffer({ ...clockAt(HOUR_MS), room })
      for (const each of notes) buffer.note(each)
      const rows = buffer.take()
      assert.equal(total(rows), notes.length)
      assert.ok(rows.filter(({ prefix }) => prefix !== 'others').length <= room)
      // One for each kind and reason at most.
      assert.ok(rows.filter(({ prefix }) => prefix === 'others').length <= 4)
      for (const row of rows) if (row.prefix === 'others') assert.equal(row.deviceId, undefined)
      assert.deepEqual(buffer.take(), [])
      buffer.putBack(rows)
      buffer.note(refused('192.0.2.1'))
      assert.equal(total(buffer.take()), notes.length + 1)
    }),
  )
})

test('equal things are one row with first and last time for ten minutes, and then another one', () => {
  const { clock, pass } = clockAt(HOUR_MS)
  const buffer = createFeedBuffer({ clock, room: 10 })
  for (let n = 0; n < 3; n += 1) {
    buffer.note(refused('a'))
    pass(299_999)
  }
  const rows = buffer.take()
  assert.deepEqual(
    rows.map(({ count, firstAt, lastAt }) => [count, firstAt - HOUR_MS, lastAt - HOUR_MS]),
    [[3, 0, 599_998]],
  )
  pass(3)
  buffer.note(refused('a'))
  assert.equal(buffer.take()[0]?.span, Number(rows[0]?.span) + 1)
})

test('what could not be written is written the next time, once, also by who calls meanwhile', async () => {
  const { clock, pass } = clockAt(HOUR_MS)
  const buffer = createFeedBuffer({ clock, room: 10 })
  const written: FeedRow[] = []
  const trims: (readonly [number, number])[] = []
  let fails = true
  const keepFeed = createKeepFeed({
    buffer,
    clock,
    feedLimits: { keepMs: 1_000, maxRows: 7 },
    store: {
      async mergeFeed(rows) {
        await new Promise(setImmediate)
        if (fails) throw new Error('disk')
        written.push(...rows)
      },
      trimFeed: async (before, keep) => void trims.push([before, keep]),
    },
  })
  buffer.note(refused('a'))
  const first = keepFeed()
  buffer.note(refused('a'))
  const [second, third] = [keepFeed(), keepFeed()]
  await assert.rejects(first, /disk/)
  fails = false
  await Promise.all([second, third])
  assert.deepEqual([total(written), written.length], [2, 1])
  await keepFeed()
  assert.deepEqual(trims, [[HOUR_MS - 1_000, 7]])
  pass(60_000)
  await keepFeed()
  assert.equal(trims.length, 2)
})
