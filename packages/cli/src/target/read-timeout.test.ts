import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTimeout } from './read-timeout.ts'

test('a timeout is a positive number of milliseconds that a timer can hold', () => {
  assert.equal(readTimeout('1'), 1)
  assert.equal(readTimeout('2147483647'), 2_147_483_647)
  for (const text of ['abc', '', '0', '-1', '1.5', '1e3', ' 5', '2147483648']) {
    assert.throws(() => readTimeout(text), {
      message: `Invalid --timeout. Use a positive millisecond value, e.g. --timeout 30000. Received: "${text}".`,
    })
  }
})
