import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pairAgainUrl } from './pair-again.ts'
import { readRoute } from './read-route.ts'

test('what is no view leads to the first one', () => {
  for (const hash of ['', '#', '#nothing', '#me/../..', '#constructor', '#//evil.example'])
    assert.equal(readRoute(hash).view, 'requests', hash)
  assert.equal(readRoute('#me').view, 'me')
})

test('a browser comes back from pairing to a view, whatever stood in the address', () => {
  assert.equal(pairAgainUrl('#me'), 'pair?to=me')
  assert.equal(pairAgainUrl('#https://evil.example'), 'pair?to=requests')
})
