import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { payForRequest, type RequestRate, waitForRequest } from './request-rate.ts'

const RATE: RequestRate = { perSecond: 200, burst: 1_000 }

/** How many of the requests at these moments are taken. */
function taken(moments: readonly number[], rate: RequestRate): readonly number[] {
  let paidUntil = moments[0] ?? 0
  return moments.filter((now) => {
    const next = payForRequest(paidUntil, rate, now)
    paidUntil = next ?? paidUntil
    return next !== undefined
  })
}

test('a burst is taken whole, and not one request more', () => {
  assert.equal(taken(Array(1_500).fill(0), RATE).length, 1_000)
})

test('after a burst the connection has its rate, and after a pause a whole burst again', () => {
  const burst = Array<number>(1_000).fill(0)
  assert.equal(taken([...burst, 4, 5, 5, 9, 10], RATE).length, 1_002)
  const nextBurst = Array<number>(1_500).fill(5_000)
  assert.equal(taken([...burst, ...nextBurst], RATE).length, 2_000)
})

test('the wait that is told is enough, and a millisecond less is not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 50 }), (perSecond, burst) => {
      const rate = { perSecond, burst }
      let paidUntil = 0
      for (let next: number | undefined = 0; next !== undefined; next = payForRequest(paidUntil, rate, 0))
        paidUntil = next
      const wait = waitForRequest(paidUntil, rate, 0)
      assert.ok(Number.isInteger(wait) && wait >= 1)
      assert.notEqual(payForRequest(paidUntil, rate, wait), undefined)
      if (wait > 1) assert.equal(payForRequest(paidUntil, rate, wait - 1), undefined)
    }),
  )
})

test('in no span of time more is taken than a burst and the rate of that span', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(
      gaps,
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 10 }),
      (steps, perSecond, burst) => {
        let now = 0
        const moments = steps.map((step) => {
          now += step
          return now
        })
        const kept = taken(moments, { perSecond, burst })
        kept.forEach((from, first) => {
          kept.slice(first).forEach((until, count) => {
            assert.ok(count + 1 <= burst + ((until - from) * perSecond) / 1_000 + 0.01)
          })
        })
      },
    ),
  )
})
