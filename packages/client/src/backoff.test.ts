import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBackoff } from './backoff.ts'

test('delays double up to the longest, and begin anew after a reset', () => {
  const backoff = createBackoff({ firstMs: 1_000, maxMs: 5_000 }, () => 0)
  assert.deepEqual(
    [1, 2, 3, 4, 5].map(() => backoff.next()),
    [1_000, 2_000, 4_000, 5_000, 5_000],
  )
  backoff.reset()
  assert.equal(backoff.next(), 1_000)
})

test('chance takes away up to half of a delay', () => {
  assert.equal(createBackoff({ firstMs: 1_000 }, () => 0.75).next(), 625)
})

test('a gateway that asks for more time is given it, within reason', () => {
  const backoff = createBackoff({ firstMs: 10 }, () => 0)
  assert.equal(backoff.next(300_000), 300_000)
  assert.equal(backoff.next(1e15), 600_000)
})
