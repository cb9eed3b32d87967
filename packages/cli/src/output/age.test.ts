import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAge, formatExpiry, formatSpan } from './age.ts'

test('a span is told in its largest whole unit', () => {
  assert.deepEqual(
    [0, 999, 1_000, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 40 * 86_400_000].map(formatSpan),
    ['0s', '0s', '1s', '59s', '1m', '59m', '1h', '1d', '40d'],
  )
})

test('something that another clock puts into the future happened just now', () => {
  assert.equal(formatAge(5_000, 1_000), 'just now')
  assert.equal(formatAge(1_000, 61_000), '1m ago')
})

test('an expiry is ahead, over, or never', () => {
  assert.equal(formatExpiry(undefined, 0), 'never')
  assert.equal(formatExpiry(240_000, 0), 'in 4m')
  assert.equal(formatExpiry(1_000, 1_000), 'expired')
})

test('what was given 30 days this morning ends in 30 days, and what still stands never in 0 seconds', () => {
  assert.equal(formatExpiry(30 * 86_400_000, 4 * 3_600_000), 'in 30d')
  assert.equal(formatExpiry(30 * 86_400_000, 86_400_000), 'in 29d')
  assert.equal(formatExpiry(300_000, 2_000), 'in 5m')
  assert.equal(formatExpiry(1_000, 999), 'in 1s')
})
