import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createSystemClock } from './system-clock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TEN_YEARS = 3_650 * DAY

/** A machine whose clock is set by hand. */
function makeMachine(wall = 1_800_000_000_000) {
  let ticks = 5_000
  let said = wall
  return {
    clocks: { wall: () => said, ticks: () => ticks },
    pass(ms: number) {
      ticks += ms
      said += ms
    },
    jump(ms: number) {
      said += ms
    },
    get wall() {
      return said
    },
  }
}

test("the clock is the machine's", () => {
  const before = Date.now()
  const clock = createSystemClock()
  for (const now of [clock.now(), clock.wall(), clock.steady()]) assert.ok(now >= before && now <= Date.now())
})

test('a clock that was set back runs at half speed until the machine has caught up', () => {
  const machine = makeMachine()
  const clock = createSystemClock(0, machine.clocks)
  const start = clock.now()
  machine.jump(-HOUR)
  assert.equal(clock.now(), start)
  machine.pass(10 * MINUTE)
  assert.equal(clock.now(), start + 5 * MINUTE)
  assert.equal(clock.wall(), start - 50 * MINUTE)
  machine.pass(3 * HOUR)
  assert.equal(clock.now(), machine.wall)
})

test('the clock never runs behind the newest stored time, and does not stand still there', () => {
  const machine = makeMachine()
  const newest = machine.wall + HOUR
  const clock = createSystemClock(newest, machine.clocks)
  assert.equal(clock.now(), newest)
  machine.pass(10 * MINUTE)
  assert.equal(clock.now(), newest + 5 * MINUTE)
})

test('a jump forward counts at once for what is judged, and after a day for what is forgotten', () => {
  const machine = makeMachine()
  const clock = createSystemClock(0, machine.clocks)
  const start = machine.wall
  machine.jump(TEN_YEARS)
  assert.equal(clock.now(), start + TEN_YEARS)
  assert.equal(clock.steady(), start)
  machine.pass(DAY - 1)
  assert.equal(clock.steady(), start + DAY - 1)
  machine.pass(1)
  assert.equal(clock.steady(), machine.wall)
})

test('a jump forward that is taken back within a day leaves no trace in what is forgotten', () => {
  const machine = makeMachine()
  const clock = createSystemClock(0, machine.clocks)
  machine.jump(TEN_YEARS)
  clock.steady()
  machine.pass(20 * HOUR)
  clock.steady()
  machine.jump(-TEN_YEARS)
  machine.pass(20 * HOUR)
  assert.equal(clock.steady(), machine.wall)
  machine.jump(TEN_YEARS)
  machine.pass(20 * HOUR)
  assert.equal(clock.steady(), machine.wall - TEN_YEARS)
})

test('a correction is followed at once', () => {
  const machine = makeMachine()
  const clock = createSystemClock(0, machine.clocks)
  machine.jump(30_000)
  assert.deepEqual([clock.now(), clock.steady()], [machine.wall, machine.wall])
})

test('whatever is done to the machine, neither clock goes back, or stands still before the two have met', () => {
  const step = fc.record({
    pass: fc.integer({ min: 0, max: DAY }),
    jump: fc.integer({ min: -DAY, max: DAY }),
  })
  const walk = fc.array(step, { maxLength: 40 })
  fc.assert(
    fc.property(walk, fc.integer({ min: -DAY, max: DAY }), (steps, ahead) => {
      const machine = makeMachine()
      const clock = createSystemClock(machine.wall + ahead, machine.clocks)
      let before = [clock.now(), clock.steady()] as const
      for (const { pass, jump } of steps) {
        machine.jump(jump)
        const after = [clock.now(), clock.steady()] as const
        machine.pass(pass)
        const later = [clock.now(), clock.steady()] as const
        assert.ok(later[0] >= machine.wall)
        for (const n of [0, 1] as const) {
          assert.ok(after[n] >= before[n] && later[n] >= after[n])
          const hasMet = later[n] === machine.wall
          assert.ok(hasMet || later[n] >= after[n] + Math.floor(pass / 2) - 1)
        }
        before = later
      }
    }),
  )
})
