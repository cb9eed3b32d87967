import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLifetime, readScopes } from './approve-flags.ts'

test('scopes may be repeated, or joined by commas', () => {
  assert.deepEqual(readScopes(['operator.read', 'operator.write']), ['operator.read', 'operator.write'])
  assert.deepEqual(readScopes(['operator.read, operator.write']), ['operator.read', 'operator.write'])
})

test('a word that is no scope is refused, be it a typo or an id that --scope has swallowed', () => {
  for (const word of ['operator.reed', '935cddd1-8450-4556-be94-8fe78cbfa5c6', '']) {
    assert.throws(() => readScopes(['operator.read', word]), /is no scope\./)
  }
})

test('a lifetime is written with its unit', () => {
  assert.equal(readLifetime('30d'), 30 * 86_400_000)
  assert.equal(readLifetime('12h'), 12 * 3_600_000)
  assert.equal(readLifetime('never'), null)
  for (const text of ['30', '0d', '3x', '-1d', 'forever']) {
    assert.throws(() => readLifetime(text), /Invalid --expires\./, text)
  }
})
