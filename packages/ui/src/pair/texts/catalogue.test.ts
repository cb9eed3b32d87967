import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '@pairgate/protocol'
import { PROBLEMS } from '../problem.ts'
import { CATALOGUES, languageFor, speak } from './catalogue.ts'

const places = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

test('every language has every text, none other, and the same places for values', () => {
  const { en, ...others } = CATALOGUES
  for (const [language, texts] of Object.entries(others)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), language)
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', `${language} ${key}`)
      assert.deepEqual(places(text), places(en[key as keyof typeof en]), `${language} ${key}`)
    }
  }
})

test('every problem has a title and an advice, and every scope a word', () => {
  const keys = new Set(Object.keys(CATALOGUES.en))
  for (const kind of PROBLEMS)
    for (const part of ['title', 'text']) assert.ok(keys.has(`problem.${kind}.${part}`), `${kind} ${part}`)
  for (const scope of SCOPES) assert.ok(keys.has(`scope.${scope}`), scope)
})

test('a reader is spoken to in the own language, and in English where there is none', () => {
  assert.equal(languageFor(['de-CH', 'en']), 'de')
  assert.equal(languageFor(['fr-FR']), 'en')
  assert.equal(speak('de')('code.wait', { time: '0:05' }), 'Nächster Versuch in 0:05.')
})
