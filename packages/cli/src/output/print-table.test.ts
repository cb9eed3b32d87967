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

test('where a table has no room, its rows stand below each other, each cell with its name', () => {
  const text = formatTable(head, rows, 40)
  for (const line of text.split('\n')) assert.ok(displayWidth(line) <= 40, line)
  assert.ok(text.startsWith('Request    64d39050\nDevice     Kitchen Tablet · 203.0.113.7\n'), text)
  assert.ok(
    text.includes('\nRequested  roles: operator; scopes:\n           operator.read, operator.write\n'),
    text,
  )
  assert.ok(
    text.endsWith(
      '\n\nRequest    75adf71b\nDevice     书房的电脑\nRequested  roles: node\nAge        12s ago',
    ),
    text,
  )
  assert.ok(formatTable(head, rows, 45).startsWith('┌'))
})

test('a table is drawn around cells of any height, and an emoji takes two columns', () => {
  assert.equal(
    formatTable(
      ['Name', 'State'],
      [
        ['✅ 书房', 'one two three'],
        ['🇩🇪', ''],
      ],
      22,
    ),
    [
      '┌─────────┬──────────┐',
      '│ Name    │ State    │',
      '├─────────┼──────────┤',
      '│ ✅ 书房 │ one two  │',
      '│         │ three    │',
      '├─────────┼──────────┤',
      '│ 🇩🇪      │          │',
      '└─────────┴──────────┘',
    ].join('\n'),
  )
})

test('a list may be as long as it likes', () => {
  const long = Array.from({ length: 150_000 }, (_, n) => [String(n), 'device'])
  assert.equal(formatTable(['Number', 'Name'], long, 80).split('\n').length, 2 * long.length + 3)
})
