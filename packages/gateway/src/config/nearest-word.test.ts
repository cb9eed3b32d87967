import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestWord } from './nearest-word.ts'

test('the nearest word wins, in any case of letters', () => {
  assert.equal(nearestWord('prot', ['port', 'bind', 'mode']), 'port')
  assert.equal(nearestWord('BIND', ['port', 'bind']), 'bind')
})

test('a word that is nothing like the others gets no guess', () => {
  assert.equal(nearestWord('zzzzzz', ['port', 'bind']), undefined)
  assert.equal(nearestWord('x', []), undefined)
})
