import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EXIT } from './exit-codes.ts'

const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
const part = page.split(/^## /m).find((text) => text.startsWith('Output and exit codes\n')) ?? ''

test('docs/cli.md names every exit code, and no other', () => {
  const documented = [...part.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code))
  assert.deepEqual(
    documented,
    Object.values(EXIT).sort((one, other) => one - other),
  )
})
