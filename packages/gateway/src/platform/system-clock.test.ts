import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSystemClock } from './system-clock.ts'

test('the clock stands still while the machine is behind what it said before', () => {
  const readings = [1_000, 2_000, 500, 1_999, 2_000, 3_000]
  const clock = createSystemClock(0, () => readings.shift() ?? 0)
  const said = Array.from({ length: 6 }, () => clock.now())
  assert.deepEqual(said, [1_000, 2_000, 2_000, 2_000, 2_000, 3_000])
})

test("the clock is the machine's", () => {
  const before = Date.now()
  const now = createSystemClock().now()
  assert.ok(now >= before && now <= Date.now())
})

test('the clock never runs behind the newest stored time', () => {
  const readings = [1_000, 6_000]
  const clock = createSystemClock(5_000, () => readings.shift() ?? 0)
  assert.deepEqual([clock.now(), clock.now()], [5_000, 6_000])
})
