import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutText, tameText } from './tame-text.ts'

test('marks that turn the direction and letters that nobody sees are taken out', () => {
  assert.equal(tameText('\u202egpj.exe\u202c'), 'gpj.exe')
  assert.equal(tameText('ad\u200bmin\u2066\ufeff'), 'admin')
  assert.equal(tameText('a\n\n\u2028b\u0001\u0007'), 'a b')
  assert.equal(tameText('\u3164\u200f'), '')
})

test('markup stays as it was written, and people keep their letters', () => {
  for (const name of ['<img src=x onerror=alert(1)>', 'Zoë’s iPhone', 'جهاز', '電話', '👩‍🚀 & 👍🏽'])
    assert.equal(tameText(name), name)
})

test('a letter keeps three marks and loses the rest', () => {
  assert.equal(tameText(`a${'\u0301'.repeat(50)}b`), `a${'\u0301'.repeat(3)}b`)
})

test('a long name is cut between letters, never inside of one', () => {
  assert.equal(cutText('a'.repeat(128), 10), `${'a'.repeat(9)}…`)
  assert.equal(cutText('👩‍🚀'.repeat(5), 3), '👩‍🚀👩‍🚀…')
  assert.equal(cutText('👩‍🚀'.repeat(5), 5), '👩‍🚀'.repeat(5))
})
