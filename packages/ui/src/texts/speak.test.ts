import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSay } from './speak.ts'

const texts = { rows: '{count} row|{count} rows', place: 'row {at}', seq: 'entry {seq}' }

test('a text has a form for one and a form for many, and numbers are written as the reader does', () => {
  const say = createSay(texts, 'en')
  assert.equal(say('rows', { count: 1 }), '1 row')
  assert.equal(say('rows', { count: 0 }), '0 rows')
  assert.equal(say('rows', { count: 12_345 }), '12,345 rows')
  assert.equal(createSay(texts, 'de')('rows', { count: 12_345 }), '12.345 rows')
})

test('what is no number stays as it was, and a text without a count has one form', () => {
  const say = createSay(texts, 'en')
  assert.equal(say('place', { at: 1 }), 'row 1')
  assert.equal(say('seq', { seq: '12345' }), 'entry 12345')
  assert.equal(say('seq'), 'entry {seq}')
})
