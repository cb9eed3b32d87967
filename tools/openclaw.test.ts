import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { CASES } from './openclaw/cases/all-cases.ts'
import { describeKeys, keysOf } from './openclaw/json-keys.ts'
import { describeChanges, type Look } from './openclaw/look.ts'
import { expectedTables, readTables } from './openclaw/table.ts'

describe('the live runs with OpenClaw', () => {
  test('stand in docs/compatibility.md as the cases say: `npm run test:openclaw` writes them', () => {
    assert.equal(readTables(), expectedTables(CASES))
  })

  test('tell each case once, and of each difference why it is there', () => {
    const titles = CASES.map(({ program, title }) => `${program}: ${title}`)
    assert.equal(new Set(titles).size, titles.length)
    for (const { here, why, title } of CASES) assert.equal(here === undefined, why === undefined, title)
  })

  test('see what a command has changed', () => {
    const token = { role: 'operator', scopes: ['operator.read'], createdAtMs: 1 }
    const device = { deviceId: 'a', connected: false, tokens: [token] }
    const request = { requestId: 'r', deviceId: 'b', role: 'node', scopes: [] }
    const before: Look = { pending: [request], paired: [device] }
    const after: Look = {
      pending: [],
      paired: [
        { ...device, operatorLabel: 'Desk', tokens: [{ ...token, scopes: [], rotatedAtMs: 2 }] },
        { deviceId: 'b', connected: true, tokens: [{ role: 'node', scopes: [], createdAtMs: 2 }] },
      ],
    }
    assert.deepEqual(describeChanges(before, before), [])
    assert.deepEqual(describeChanges(before, after), [
      'request gone',
      'device new: node []',
      'label "Desk"',
      'operator token rotated',
      'operator token now []',
    ])
  })

  test('see what an output lacks, the outermost only, and what it adds', () => {
    const there = keysOf({ rows: [{ id: 1 }, { id: 2, more: { deep: 1 } }] })
    const here = keysOf({ rows: [{ id: 1, own: true }] })
    assert.deepEqual(describeKeys(there, here), ['without `rows[].more`', 'also `rows[].own`'])
    assert.deepEqual(describeKeys(there, there), [])
  })
})
