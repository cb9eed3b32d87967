import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { scopesOf } from './call-method.ts'
import { neededScopes as approvalScopes } from './devices-approve.ts'
import { ownLast } from './devices-change.ts'
import { neededScopes as tokenScopes, withoutSecret } from './devices-tokens.ts'

const request: PendingRow = {
  requestId: 'r',
  deviceId: 'd',
  publicKey: 'k',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.read'],
  silent: false,
  isRepair: false,
  ts: 0,
}
const device: PairedRow = {
  deviceId: 'd',
  publicKey: 'k',
  role: 'operator',
  roles: ['operator'],
  scopes: ['operator.talk'],
  approvedVia: 'operator',
  createdAtMs: 0,
  approvedAtMs: 0,
  tokens: [{ role: 'operator', scopes: ['operator.talk'], createdAtMs: 0 }],
}

test('whoever approves brings what is asked for and what the device keeps', () => {
  assert.deepEqual(approvalScopes(request, undefined), ['operator.pairing', 'operator.read'])
  assert.deepEqual(approvalScopes(request, device), ['operator.pairing', 'operator.read', 'operator.talk'])
})

test('a node is for an admin to approve', () => {
  const node = { ...request, role: 'node', roles: ['node'], scopes: [] }
  assert.deepEqual(approvalScopes(node, undefined), ['operator.pairing', 'operator.admin'])
})

test('a token is changed by whoever holds all of it', () => {
  assert.deepEqual(tokenScopes(device, 'operator'), ['operator.pairing', 'operator.talk'])
  assert.deepEqual(tokenScopes(device, 'operator', ['operator.read']), [
    'operator.pairing',
    'operator.talk',
    'operator.read',
  ])
})

test('a token of another role, or of a device that is not listed, is for an admin', () => {
  assert.deepEqual(tokenScopes(device, 'node'), ['operator.pairing', 'operator.admin'])
  assert.deepEqual(tokenScopes(undefined, 'operator'), ['operator.pairing', 'operator.admin'])
})

test('a method is called with the scope of its row, and an unknown one with all there are', () => {
  assert.deepEqual(scopesOf('health'), [])
  assert.deepEqual(scopesOf('device.pair.list'), ['operator.pairing'])
  assert.ok(scopesOf('no.such.method').includes('operator.admin'))
})

test('the own device is removed last, because the right to remove others goes with it', () => {
  const paired = ['a', 'own', 'b'].map((deviceId) => ({ ...device, deviceId }))
  assert.deepEqual(ownLast({ paired }, 'own'), ['a', 'b', 'own'])
  assert.deepEqual(ownLast({ paired }, undefined), ['a', 'own', 'b'])
  assert.deepEqual(ownLast({ paired }, 'elsewhere'), ['a', 'own', 'b'])
})

test('a new token is never printed', () => {
  const result = withoutSecret({
    deviceId: 'd',
    role: 'operator',
    token: 'pgd_secret',
    scopes: [],
    rotatedAtMs: 1,
    tokenDelivery: 'in-band',
  })
  assert.ok(!JSON.stringify(result).includes('pgd_secret'))
})
