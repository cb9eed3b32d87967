import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SCOPES } from '@pairgate/protocol'
import { KINDS } from '../audit/kinds.ts'
import { OUTS } from '../out.ts'
import { VIEWS } from '../read-route.ts'
import { CATALOGUES, languageFor, refusalText, scopeText, speak } from './catalogue.ts'

const places = (text: string): readonly string[] => [...text.matchAll(/\{\w+\}/g)].map(String).sort()

test('every language has every text of the console, none other, and the same places for values', () => {
  const { en, ...others } = CATALOGUES
  for (const [language, texts] of Object.entries(others)) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), language)
    for (const [key, text] of Object.entries(texts)) {
      assert.notEqual(text.trim(), '', `${language} ${key}`)
      assert.deepEqual(places(text), places(en[key as keyof typeof en]), `${language} ${key}`)
    }
  }
})

test('every way of being put out has a title and an advice, every view a name, every scope a word', () => {
  const keys = new Set(Object.keys(CATALOGUES.en))
  for (const out of OUTS) for (const part of ['title', 'text']) assert.ok(keys.has(`out.${out}.${part}`), out)
  for (const kind of KINDS) assert.ok(keys.has(`kind.${kind}`), kind)
  for (const view of VIEWS) assert.ok(keys.has(`view.${view}`), view)
  for (const scope of SCOPES) assert.notEqual(scopeText(scope, speak('en')), scope)
})

test('what this page does not know is said as it came', () => {
  assert.equal(scopeText('operator.later', speak('en')), 'operator.later')
  assert.equal(refusalText('toString', speak('en')), undefined)
  assert.equal(languageFor(['de-CH', 'en']), 'de')
})
