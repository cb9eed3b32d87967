import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readInstant } from './read-instant.ts'

test('a day is its beginning in UTC, and a time is the one of its zone', () => {
  assert.equal(readInstant('2026-01-31'), Date.UTC(2026, 0, 31))
  assert.equal(readInstant('2026-01-31T12:00Z'), Date.UTC(2026, 0, 31, 12))
  assert.equal(readInstant('2026-01-31T12:00:05.5+02:00'), Date.UTC(2026, 0, 31, 10, 0, 5, 500))
})

test('what each machine would read in its own way, or is no time at all, is refused', () => {
  const odd = [
    '',
    '7',
    '31.1.2026',
    '2026-01-31T12:00',
    '2026-02-31',
    '2026-13-01',
    '1969-01-01',
    'yesterday',
  ]
  for (const text of odd) assert.throws(() => readInstant(text), /A day or a time is needed/, text)
})
