import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { tidyMetadata } from './device.ts'

const nothing = { platform: undefined, deviceFamily: undefined, clientId: undefined, clientMode: undefined }
const name = (displayName: string) => tidyMetadata({ ...nothing, displayName }).displayName

test('no name is longer than 128 characters or holds a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (said) => {
      const kept = name(said) ?? ''
      assert.equal([...kept].length <= 128, true)
      assert.doesNotMatch(kept, /\p{Cc}/u)
    }),
  )
})
test('a plain name stays as it is, and one of nothing but blanks is none', () => {
  assert.equal(name('Ända’s Phone 📱'), 'Ända’s Phone 📱')
  assert.equal(name(' \u0000\u001b '), undefined)
})
