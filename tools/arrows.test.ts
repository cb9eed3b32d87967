import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findBreaches } from './arrows.ts'
import { readImports } from './read-imports.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('every room imports and depends on what the arrows allow, by doors that are there, in short files', () => {
  const breaches = findBreaches(root)
  assert.equal(breaches.length, 0, `\n${breaches.join('\n')}\n`)
})

test('every way to import is seen, and a comment is not one', () => {
  const text = [
    "import a from 'a'",
    "import type { B } from 'b'",
    "import {\n  type C,\n  c,\n} from 'c'",
    "import 'd'",
    "export * from 'e'",
    "export { f } from 'f'",
    "const g = await import('g')",
    "type H = import('h').H",
    "export const from = 'not this one'",
    "/** Why. */ import i from 'i'",
    "// import x from 'x'",
    "/**\n * import y from 'y'\n */",
  ]
  assert.deepEqual(readImports(text.join('\n')), ['a', 'b', 'c', 'e', 'f', 'i', 'd', 'g', 'h'])
})
