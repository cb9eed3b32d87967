import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { crc32 } from './crc32.ts'
import { formatTokenSecret, parseTokenSecret } from './token-secret.ts'

const bits = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('what was formatted parses, and one changed letter does not', () => {
  fc.assert(
    fc.property(bits, fc.nat({ max: 53 }), fc.constantFrom('A', 'z', '7', '_'), (bytes, at, letter) => {
      const secret = formatTokenSecret(bytes)
      assert.match(secret, /^pgd_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/)
      assert.equal(parseTokenSecret(secret), secret)
      const changed = secret.slice(0, at) + letter + secret.slice(at + 1)
      if (changed !== secret) assert.equal(parseTokenSecret(changed), undefined)
    }),
  )
})
test('arbitrary text is no token and never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => parseTokenSecret(text) === undefined))
})
test('the checksum is the one that everybody calls CRC-32', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => crc32(text) === zlibCrc32(text)))
})
