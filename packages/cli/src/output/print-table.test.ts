import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitWidths, formatTable } from './print-table.ts'
import { displayWidth, wrapText } from './wrap-text.ts'

const rows = [
  [
    '64d39050',
    'Kitchen Tablet · 203.0.113.7',
    'roles: operator; scopes: operator.read, operator.write',
    '2m ago',
  ],
  ['75adf71b', '书房的电脑', 'roles: node', '12s ago'],
]
const head = ['Request', 'Device', 'Requested', 'Age']

test('a table takes no more columns than the terminal has', () => {
  for (const width of [60, 80, 120, 200]) {
    for (const line of formatTable(head, rows, width).split('\n'))
      assert.ok(displayWidth(line) <= width, line)
  }
})

test('every letter of every cell is still there after wrapping', () => {
  const letters = formatTable(head, rows, 60).replace(/[^\p{L}\p{N}.:;,·]/gu, '')
  for (const scope of ['operator', '203', '书']) assert.ok(letters.includes(scope))
  assert.equal(wrapText('a'.repeat(64), 10).join(''), 'a'.repeat(64))
})

test('the widest column gives way first', () => {
  assert.deepEqual(fitWidths([['a'.repeat(50), 'short']], 40), [28, 5])
  assert.deepEqual(fitWidths([['a', 'b']], 40), [1, 1])
})

test('text breaks at spaces, and inside a word only when it must', () => {
  assert.deepEqual(wrapText('roles: operator; scopes: x', 16), ['roles: operator;', 'scopes: x'])
  assert.deepEqual(wrapText('abcdefghij', 4), ['abcd', 'efgh', 'ij'])
  assert.deepEqual(wrapText('', 4), [''])
})
