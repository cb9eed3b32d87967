import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPage } from './starts-table.ts'

test('docs/security.md has the requests that are tried; `npm run docs` writes them', () => {
  const { text, renewed } = readPage()
  assert.equal(text, renewed)
})
