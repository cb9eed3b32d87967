import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSystemTimers } from './timers.ts'

const timers = createSystemTimers()
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('a timer fires once, a stopped one never, a repeated one until it is stopped', async () => {
  const fired: string[] = []
  timers.after(5, () => fired.push('once'))
  timers.after(5, () => fired.push('cancelled'))()
  const stop = timers.every(5, () => fired.push('again'))
  const count = (name: string) => fired.filter((each) => each === name).length
  // On a busy machine a timer may come late; that it comes is what counts.
  while (count('again') < 2 || count('once') < 1) await sleep(5)
  stop()
  const soFar = fired.length
  await sleep(30)
  assert.equal(fired.length, soFar)
  assert.equal(count('once'), 1)
  assert.equal(count('cancelled'), 0)
})

test('a time that the runtime cannot keep is refused instead of firing at once', () => {
  for (const ms of [2_147_483_648, Number.NaN, Number.POSITIVE_INFINITY, -1]) {
    assert.throws(() => timers.after(ms, () => {}), RangeError)
    assert.throws(() => timers.every(ms, () => {}), RangeError)
  }
})
