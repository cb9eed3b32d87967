import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseLanguage } from './choose-language.ts'
import { fillText } from './fill-text.ts'

test('values stand where their names stood, once, whatever they hold', () => {
  assert.equal(fillText('{a} of {b}', { a: '{b}', b: 2 }), '{b} of 2')
  assert.equal(fillText('{unknown}', {}), '{unknown}')
})

test('a reader gets the first of the own languages that there is', () => {
  const there = ['en', 'de'] as const
  assert.equal(chooseLanguage(['fr', 'de-AT', 'en'], there, 'en'), 'de')
  assert.equal(chooseLanguage(['EN-us'], there, 'de'), 'en')
  assert.equal(chooseLanguage(['fr'], there, 'en'), 'en')
  assert.equal(chooseLanguage([], there, 'en'), 'en')
})
