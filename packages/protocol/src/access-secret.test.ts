import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatAccessSecret, parseAccessSecret } from './access-secret.ts'
import { formatTokenSecret } from './token-secret.ts'

const bits = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('an access token is read as it was written, and is 54 letters long', () => {
  fc.assert(
    fc.property(bits, (random) => {
      const secret = formatAccessSecret(random)
      assert.match(secret, /^pga_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/)
      assert.equal(parseAccessSecret(secret), secret)
    }),
  )
})

test('an access token with one other letter is garbage', () => {
  fc.assert(
    fc.property(bits, fc.nat(53), (random, at) => {
      const secret = formatAccessSecret(random)
      const other = secret[at] === 'x' ? 'y' : 'x'
      assert.equal(parseAccessSecret(secret.slice(0, at) + other + secret.slice(at + 1)), undefined)
    }),
  )
})

test('a device token is no access token', () => {
  assert.equal(parseAccessSecret(formatTokenSecret(new Uint8Array(32))), undefined)
})
