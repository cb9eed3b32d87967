import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { displayWidth } from '../output/wrap-text.ts'
import { formatList, formatTokens } from './devices-list.ts'

const pending: PendingRow = {
  requestId: '935cddd1-8450-4556-be94-8fe78cbfa5c6',
  deviceId: 'a'.repeat(64),
  publicKey: 'k',
  displayName: 'Evil\u001b]0;owned\u0007 Node',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.write'],
  remoteIp: '203.0.113.7',
  silent: false,
  isRepair: true,
  ts: 0,
}
const paired: PairedRow = {
  deviceId: 'a'.repeat(64),
  publicKey: 'k',
  operatorLabel: 'Küche',
  displayName: 'tablet',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read'],
  remoteIp: '203.0.113.7',
  approvedVia: 'operator',
  createdAtMs: 0,
  approvedAtMs: 0,
  tokens: [
    { role: 'node', scopes: [], createdAtMs: 0, revokedAtMs: 1 },
    { role: 'operator', scopes: ['operator.read'], createdAtMs: 0, expiresAtMs: 10 },
  ],
}

test('nothing at all is one sentence', () => {
  assert.equal(formatList({ pending: [], paired: [] }, 80, 0), 'No device pairing entries.')
})

test('a section without rows is left out', () => {
  assert.doesNotMatch(formatList({ pending: [pending], paired: [] }, 120, 0), /Paired \(/)
  assert.doesNotMatch(formatList({ pending: [], paired: [paired] }, 120, 0), /Pending \(/)
})

test('what is asked for stands beside what was approved, and every id is there in full', () => {
  const text = formatList({ pending: [pending], paired: [paired] }, 200, 61_000)
  const row = text.split('\n').find((line) => line.includes('935cddd1 '))
  assert.ok(
    row?.includes(
      'roles: operator; scopes: operator.read, operator.write │ roles: operator; scopes: operator.read',
    ),
  )
  assert.ok(row?.includes('1m ago'))
  assert.ok(row?.includes('scope upgrade, repair'))
  assert.ok(text.includes('  935cddd1-8450-4556-be94-8fe78cbfa5c6  '))
  assert.ok(text.includes(`  ${'a'.repeat(64)}  Küche`))
})

test('a name cannot drive the terminal', () => {
  const text = formatList({ pending: [pending], paired: [] }, 200, 0)
  assert.ok(text.includes('Evil\\u{1b}]0;owned\\u{7} Node'))
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/)
})

test('tables stay within the terminal', () => {
  const tables = formatList({ pending: [pending], paired: [paired] }, 80, 0)
    .split('\n')
    .filter((line) => /^[│┌├└]/.test(line))
  for (const line of tables) assert.ok(displayWidth(line) <= 80, line)
})

test('a token says when it ends, and when it is no longer good', () => {
  assert.equal(formatTokens(paired, 9), 'node (revoked), operator (in 1s)')
  assert.equal(formatTokens(paired, 10), 'node (revoked), operator (expired)')
  assert.equal(formatTokens({ ...paired, tokens: [] }, 0), 'none')
})

test('a token that ends within a week is warned about, with the command that renews it', () => {
  const day = 86_400_000
  const warned = (token: Partial<PairedRow['tokens'][number]>): boolean => {
    const tokens = [{ role: 'operator', scopes: [], createdAtMs: 0, ...token }]
    return formatList({ pending: [], paired: [{ ...paired, tokens }] }, 200, day).includes('within a week')
  }
  assert.equal(warned({ expiresAtMs: 8 * day }), true)
  assert.equal(warned({ expiresAtMs: 8 * day + 1 }), false)
  assert.equal(warned({ expiresAtMs: day }), false, 'it has ended')
  assert.equal(warned({ expiresAtMs: 2 * day, revokedAtMs: 0 }), false)
  assert.equal(warned({}), false)
  const text = formatList({ pending: [], paired: [paired] }, 200, 0)
  assert.ok(
    text.includes(
      'Küche (operator) ends in 1s: openclaw devices extend aaaaaaaa --role operator --expires 30d',
    ),
  )
})

test('a device is listed with the sessions that its tokens open', () => {
  const tokens = [
    { role: 'node', scopes: [], createdAtMs: 0, revokedAtMs: 1, session: 'gone' },
    { role: 'operator', scopes: [], createdAtMs: 0, session: 'kitchen' },
  ]
  for (const width of [80, 120]) {
    const text = formatList({ pending: [], paired: [{ ...paired, tokens }] }, width, 0)
    assert.match(text, /Session.*\n.*\n.*│ kitchen +│/)
    assert.doesNotMatch(text, /gone/)
    const table = text.split('\n').filter((line) => /^[│┌├└]/.test(line))
    for (const line of table) assert.ok(displayWidth(line) <= width, line)
  }
})

test('a request that brings no name is listed under the name that the device has here', () => {
  const { displayName: _, ...nameless } = pending
  const text = formatList({ pending: [nameless], paired: [paired] }, 200, 0)
  assert.ok(
    text.split('\n').some((line) => line.includes('935cddd1 │ Küche · 203.0.113.7')),
    text,
  )
})

test('in a terminal of any width nothing of a device is cut or runs over', () => {
  const tokens = [{ role: 'operator', scopes: ['operator.read'], createdAtMs: 0, session: 'kitchen' }]
  for (let width = 40; width <= 120; width += 1) {
    const text = formatList({ pending: [pending], paired: [{ ...paired, tokens }] }, width, 0)
    const [lists = ''] = text.split('Full request IDs')
    for (const line of lists.split('\n')) assert.ok(displayWidth(line) <= width, `${width}: ${line}`)
    for (const word of ['935cddd1', 'Küche', 'kitchen', 'operator'])
      assert.ok(lists.replace(/\s/g, '').includes(word), word)
  }
})

test('a token that ends when it lies unused says so', () => {
  const day = 86_400_000
  const told = (token: Partial<PairedRow['tokens'][number]>, now = 0): string =>
    formatTokens({ ...paired, tokens: [{ role: 'operator', scopes: [], createdAtMs: 0, ...token }] }, now)
  assert.equal(told({ idleExpiresAtMs: 7 * day }), 'operator (in 7d if unused)')
  assert.equal(
    told({ idleExpiresAtMs: 7 * day, expiresAtMs: 30 * day }),
    'operator (in 30d, in 7d if unused)',
  )
  assert.equal(told({ idleExpiresAtMs: 7 * day, expiresAtMs: 7 * day }), 'operator (in 7d)')
  assert.equal(told({ idleExpiresAtMs: 7 * day, expiresAtMs: 30 * day }, 7 * day), 'operator (expired)')
  assert.equal(told({ idleExpiresAtMs: 7 * day, revokedAtMs: 1 }), 'operator (revoked)')
})
