import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanText } from './clean-text.ts'

test('a name of plain letters is shown as it is', () => {
  for (const name of ['Kitchen Tablet', 'Küche ☕', '书房的电脑', 'back\\slash'])
    assert.equal(cleanText(name), name)
})

test('a terminal escape in a name is shown, not obeyed', () => {
  assert.equal(cleanText('\u001b[2Jowner'), '\\u{1b}[2Jowner')
  assert.equal(cleanText('\u009b31mred'), '\\u{9b}31mred')
  assert.equal(cleanText('one\r\ntwo\ttabs'), 'one\\u{d}\\u{a}two\\u{9}tabs')
})

test('a name cannot turn the reading direction or hide letters', () => {
  assert.equal(cleanText('gpj\u202eexe'), 'gpj\\u{202e}exe')
  assert.equal(cleanText('ad\u200bmin'), 'ad\\u{200b}min')
  assert.equal(cleanText('\u3164'), '\\u{3164}')
})

test('a very long name is cut where one can see it', () => {
  const shown = cleanText('x'.repeat(5_000))
  assert.equal([...shown].length, 200)
  assert.ok(shown.endsWith('…'))
})

test('whatever a device calls itself, nothing that a terminal obeys is left', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const shown = cleanText(name)
      assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      assert.ok([...shown].length <= 200)
    }),
  )
})

test('any lone half of a surrogate pair is made visible', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0xd800, max: 0xdfff }), (half) => {
      assert.equal(cleanText(`a${String.fromCharCode(half)}b`), `a\\u{${half.toString(16)}}b`)
    }),
  )
})

test('cleaning twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (name) => {
      assert.equal(cleanText(cleanText(name)), cleanText(name))
    }),
  )
})
