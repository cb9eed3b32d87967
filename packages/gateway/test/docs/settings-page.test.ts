import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPage } from './settings-table.ts'

test('docs/configuration.md has the settings of the schema; `npm run docs` writes them', () => {
  const { text, renewed } = readPage()
  assert.equal(text, renewed)
})
