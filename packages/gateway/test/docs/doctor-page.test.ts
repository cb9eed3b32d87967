import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DOCTOR_CHECKS, type DoctorCheck } from '../../src/doctor/check-table.ts'

const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8')
const part = page.split(/^## /m).find((text) => text.startsWith('`openclaw doctor`\n')) ?? ''

test('docs/cli.md names every check of doctor with what it looks at and what --fix does, and no other', () => {
  const documented = [...part.matchAll(/^\| `([a-z][a-z-]*)` \| (.*) \|$/gm)].map(([, id, rest = '']) => [
    id,
    ...rest.split('|').map((cell) => cell.trim()),
  ])
  const known = Object.entries<DoctorCheck>(DOCTOR_CHECKS).map(([id, { looksAt, repairs = '' }]) => [
    id,
    looksAt,
    repairs,
  ])
  assert.deepEqual(documented, known)
})
