import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import {
  type AttemptRule,
  type Attempts,
  isForgotten,
  releaseAttempt,
  reserveAttempt,
  restoreAttempts,
  waitForAttempt,
} from './attempt-limit.ts'

const at = (ms: number) => ms as Instant
const RULE: AttemptRule = { failures: 3, windowMs: 60, lockMs: 300 }

/** Reserves at each moment, as far as it is allowed. */
function reserveAll(moments: readonly number[], rule = RULE): Attempts | undefined {
  let attempts: Attempts | undefined
  for (const moment of moments) {
    assert.equal(waitForAttempt(attempts, at(moment)), 0, `refused at ${moment}`)
    attempts = reserveAttempt(attempts, rule, at(moment))
  }
  return attempts
}

describe('attempts within a window', () => {
  test('are free up to the last one that is allowed, which locks at once', () => {
    assert.deepEqual(reserveAll([0, 10]), { failures: 2, windowStart: at(0), lockedUntil: undefined })
    const locked = reserveAll([0, 10, 20])
    assert.deepEqual(locked, { failures: 3, windowStart: at(0), lockedUntil: at(320) })
    assert.equal(waitForAttempt(locked, at(20)), 300)
    assert.equal(waitForAttempt(locked, at(319)), 1)
    assert.equal(waitForAttempt(locked, at(320)), 0)
  })

  test('are forgotten when the window is over, and not a millisecond before', () => {
    assert.equal(reserveAll([0, 59])?.failures, 2)
    assert.deepEqual(reserveAll([0, 59, 60]), { failures: 1, windowStart: at(60), lockedUntil: undefined })
  })

  test('begin anew after a lock', () => {
    assert.deepEqual(reserveAll([0, 0, 0, 300]), {
      failures: 1,
      windowStart: at(300),
      lockedUntil: undefined,
    })
  })

  test('are not let in again by a lock that is shorter than their window', () => {
    const brief = { ...RULE, lockMs: 1 }
    assert.equal(waitForAttempt(reserveAll([0, 0, 0], brief), at(1)), 59)
  })
})

describe('an attempt that succeeded', () => {
  test('is taken back alone, with the lock that it set', () => {
    const locked = reserveAll([0, 10, 20])
    assert.ok(locked)
    const released = releaseAttempt(locked, RULE)
    assert.deepEqual(released, { failures: 2, windowStart: at(0), lockedUntil: undefined })
  })

  test('leaves nothing behind when it was the only one', () => {
    const only = reserveAll([0])
    assert.ok(only)
    assert.equal(releaseAttempt(only, RULE), undefined)
  })

  test('does not end a lock that enough others have earned', () => {
    const locked = { failures: 4, windowStart: at(0), lockedUntil: at(320) }
    assert.deepEqual(releaseAttempt(locked, RULE), { ...locked, failures: 3 })
  })
})

test('counters that were stored are believed as far as the rule could have made them', () => {
  const stored = { failures: 3, windowStart: at(50), lockedUntil: at(150) }
  assert.deepEqual(restoreAttempts(stored, RULE, at(100)), stored)
  const ofAWrongClock = { failures: 3, windowStart: at(99_999), lockedUntil: at(99_999) }
  const restored = restoreAttempts(ofAWrongClock, RULE, at(100))
  assert.deepEqual(restored, { failures: 3, windowStart: at(100), lockedUntil: at(400) })
  assert.equal(isForgotten(restored, RULE, at(399)), false)
  assert.equal(isForgotten(restored, RULE, at(400)), true)
})

test('of any failing attempts no more than the rule says fall into a window, and none into a lock', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 60 })
  const rules = fc.record({
    failures: fc.integer({ min: 1, max: 5 }),
    windowMs: fc.integer({ min: 1, max: 100 }),
    lockMs: fc.nat(300),
  })
  fc.assert(
    fc.property(gaps, rules, (steps, rule) => {
      let attempts: Attempts | undefined
      let now = 0
      const compared: number[] = []
      for (const step of steps) {
        now += step
        if (waitForAttempt(attempts, at(now)) > 0) continue
        attempts = reserveAttempt(attempts, rule, at(now))
        compared.push(now)
      }
      const { failures, windowMs, lockMs } = rule
      // The first attempt of all opens a window; each later window opens with the first one after it.
      for (let first = 0; first < compared.length; ) {
        const start = compared[first] ?? 0
        const inWindow = compared.filter((moment) => moment >= start && moment < start + windowMs)
        assert.ok(inWindow.length <= failures, `${inWindow.length} in one window`)
        const last = inWindow.at(-1) ?? start
        first += inWindow.length
        const next = compared[first] ?? Number.POSITIVE_INFINITY
        if (inWindow.length === failures) assert.ok(next >= last + lockMs, 'within the lock')
      }
    }),
  )
})
