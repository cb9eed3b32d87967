import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readPage, root, sectionOf, tableRows } from './markdown.ts'

/** A capability of the protocol and the flags of a table look like variables, but are none. */
const NO_VARIABLES: readonly string[] = ['PAIRGATE_CAPABILITY']
const SYSTEM_VARIABLE = /\benv(?:\.|\['|: ')([A-Z][A-Z_]+)/g
const OUR_VARIABLE = /\b(?:PAIRGATE|OPENCLAW)_[A-Z_]*[A-Z]\b/g

test('docs/operations.md explains every variable that the code reads, and no other', () => {
  const rows = tableRows(sectionOf(readPage('docs/operations.md'), 'Environment'), 'variable')
  const explained = rows.flatMap(([names = '']) => names.split(', '))
  assert.deepEqual(explained.sort(), readVariables())
})

function readVariables(): string[] {
  const files = globSync('packages/*/{src,bin}/**/*.{ts,js}', { cwd: root })
  const texts = files
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => readFileSync(`${root}/${path}`, 'utf8'))
  const ours = texts.flatMap((text) => [...text.matchAll(OUR_VARIABLE)].map(([name]) => name))
  const others = texts.flatMap((text) => [...text.matchAll(SYSTEM_VARIABLE)].map(([, name = '']) => name))
  return [...new Set([...ours, ...others])].filter((name) => !NO_VARIABLES.includes(name)).sort()
}
