import assert from 'node:assert/strict'
import { test } from 'node:test'
import { consoleUrl, isWanted } from './console-url.ts'

test('whatever a link says, the way on leads to the console of this gateway', () => {
  for (const to of [
    'https://evil.example',
    '//evil.example',
    'javascript:alert(1)',
    '..',
    '/x',
    '',
    'a#b',
    'A',
  ])
    assert.equal(consoleUrl(`?to=${encodeURIComponent(to)}`), './', to)
  assert.equal(consoleUrl('?to=devices'), './#devices')
  assert.equal(consoleUrl('?return=x'), './')
})

test('only who comes from the console is taken back there by itself', () => {
  assert.equal(isWanted('?to=me'), true)
  assert.equal(isWanted('?return=me'), false)
})
