import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PairedRow, PendingRow } from '@pairgate/protocol/wire'
import {
  approvalState,
  formatRights,
  formatStatus,
  previewLines,
  requestLines,
  shownScopes,
} from './describe-request.ts'

const deviceId = '80d2a226'.repeat(8)
const pending: PendingRow = {
  requestId: '935cddd1-8450-4556-be94-8fe78cbfa5c6',
  deviceId,
  publicKey: 'k',
  displayName: 'Laptop\u001b[2J',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.write'],
  remoteIp: '203.0.113.7',
  silent: false,
  isRepair: true,
  ts: 1_000,
  expiresAtMs: 301_000,
}
const paired: PairedRow = {
  deviceId,
  publicKey: 'k',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read'],
  approvedVia: 'operator',
  createdAtMs: 0,
  approvedAtMs: 0,
  tokens: [],
}

test('an approval is named after what it would change', () => {
  const kind = (row: PendingRow, known?: PairedRow) => approvalState(row, known).kind
  assert.equal(kind(pending), 'new-pairing')
  assert.equal(kind(pending, paired), 'scope-upgrade')
  assert.equal(kind({ ...pending, roles: ['node'], scopes: [] }, paired), 'role-upgrade')
  assert.equal(kind({ ...pending, scopes: ['operator.read'] }, paired), 're-approval')
  assert.equal(kind(pending, { ...paired, roles: [], scopes: [] }), 'role-upgrade')
})

test('scopes are shown with those that they bring along', () => {
  assert.deepEqual(shownScopes(['operator.admin']), ['operator.admin', 'operator.read', 'operator.write'])
  assert.deepEqual(shownScopes(['operator.write']), ['operator.read', 'operator.write'])
  assert.deepEqual(shownScopes(['operator.pairing']), ['operator.pairing'])
})

test('rights without scopes or roles still read as a sentence', () => {
  assert.equal(formatRights(null), 'none')
  assert.equal(formatRights({ roles: ['node'], scopes: [] }), 'roles: node')
  assert.equal(formatRights({ roles: [], scopes: [] }), 'roles: none')
  assert.equal(
    formatRights({ roles: ['operator'], scopes: ['operator.read'] }),
    'roles: operator; scopes: operator.read',
  )
})

test('a repair is told beside the kind', () => {
  assert.equal(formatStatus(pending, approvalState(pending, paired)), 'scope upgrade, repair')
  assert.equal(
    formatStatus({ ...pending, isRepair: false }, approvalState(pending, undefined)),
    'new pairing',
  )
})

test('a preview has the lines that scripts know', () => {
  assert.deepEqual(previewLines({ ...pending, displayName: 'Laptop' }, approvalState(pending, undefined)), [
    'Selected pending device request 935cddd1-8450-4556-be94-8fe78cbfa5c6',
    '  Device: Laptop',
    '  Requested: roles: operator; scopes: operator.read, operator.write',
    '  IP:     203.0.113.7',
    '  Note:   First-time device pairing request.',
  ])
})

test('an operator is shown all there is to compare, with nothing that drives the terminal', () => {
  const text = requestLines(pending, paired, 61_000).join('\n')
  for (const part of [deviceId, pending.requestId, '203.0.113.7', '1m ago', 'in 4m', 'Laptop\\u{1b}[2J']) {
    assert.ok(text.includes(part), part)
  }
  assert.match(text, /Fingerprint: (\w+ ){5}\w+\n/)
  assert.match(
    text,
    /Requested: {3}roles: operator; scopes: operator.read, operator.write\nApproved: {4}roles: operator; scopes: operator.read\n/,
  )
})
