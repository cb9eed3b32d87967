import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64, encodeBase64Url } from './base64url.ts'

test('bytes come back from base64url, and look as the runtime writes them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = encodeBase64Url(bytes)
      assert.equal(text, Buffer.from(bytes).toString('base64url'))
      assert.deepEqual(decodeBase64(text), new Uint8Array(bytes))
    }),
  )
})
test('standard base64 with padding reads as well', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      assert.deepEqual(decodeBase64(Buffer.from(bytes).toString('base64')), new Uint8Array(bytes))
    }),
  )
})
test('text that is no base64 gives nothing and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const decoded = decodeBase64(text)
      if (/[^A-Za-z0-9+/_=-]/.test(text)) assert.equal(decoded, undefined)
    }),
  )
  assert.equal(decodeBase64('abcde'), undefined)
})
