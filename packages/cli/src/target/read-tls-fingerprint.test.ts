import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTlsFingerprint } from './read-tls-fingerprint.ts'

test('a fingerprint is read in every spelling that tools print', () => {
  const hex = 'ab'.repeat(32)
  const colons = hex.replace(/..(?=.)/g, '$&:')
  for (const text of [
    hex,
    hex.toUpperCase(),
    `sha256:${hex}`,
    `SHA-256:${colons.toUpperCase()}`,
    ` ${colons}\n`,
  ])
    assert.equal(readTlsFingerprint(text), hex)
})

test('a fingerprint that is none is refused before anything is connected', () => {
  for (const text of ['', 'ab', 'sha1:'.padEnd(45, 'a'), 'g'.repeat(64), 'a'.repeat(63)])
    assert.throws(() => readTlsFingerprint(text), /Invalid --tls-fingerprint/)
})
