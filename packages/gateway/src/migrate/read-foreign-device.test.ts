import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import { makeDevice } from '../../test/harness/test-device.ts'
import { openClawToken, pairedRow, type RowOptions } from '../../test/migrate/openclaw-state.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import type { RawRow } from './foreign-state.ts'
import { readForeignDevice } from './read-foreign-device.ts'

const NOW = 1_795_000_000_000 as Instant
const device = makeDevice()
const read = (row: RawRow) => readForeignDevice({ crypto: createNodeCrypto(), now: NOW }, row)
const rowOf = (options?: RowOptions) => pairedRow(device, 1, options)
const reasonsOf = (options: RowOptions) => {
  const { device: found, skipped } = read(rowOf(options))
  return [found?.grants.length ?? 0, ...skipped.map(({ reason }) => reason)]
}

test('a device comes with names, label, times, roles, scopes, and the hash of its token', () => {
  const row = { operatorLabel: ' My\u0007 laptop ', remoteIp: '192.0.2.7', lastSeenAtMs: NOW + 5 }
  const { device: found, skipped, leftOut } = read(rowOf({ scopes: ['operator.write'], row }))
  assert.deepEqual([skipped, leftOut], [[], []])
  assert.deepEqual(found, {
    id: device.id,
    publicKey: device.publicKey,
    metadata: {
      displayName: 'Device 1',
      platform: 'linux',
      deviceFamily: 'Linux',
      clientId: 'cli',
      clientMode: 'cli',
    },
    label: 'My  laptop',
    scopes: ['operator.write'],
    pairedAt: 1_790_000_000_001,
    lastSeenAt: NOW,
    lastSeenIp: '192.0.2.7',
    grants: [
      {
        state: 'live',
        role: 'operator',
        scopes: ['operator.write'],
        secretHash: createHash('sha256').update(openClawToken(1)).digest('hex'),
      },
    ],
  })
  assert.equal(JSON.stringify(found).includes(openClawToken(1)), false)
})

test('a key is read in each of its spellings, and an id with capitals and blanks around', () => {
  const standard = device.rawPublicKey.toString('base64')
  for (const publicKey of [standard, device.publicKeyPem, device.publicKey])
    assert.equal(read(rowOf({ row: { publicKey } })).device?.publicKey, device.publicKey)
  assert.equal(read(rowOf({ row: { deviceId: ` ${device.id.toUpperCase()} ` } })).device?.id, device.id)
})

test('a token never gets more than what was approved, and unknown scopes are left out by name', () => {
  const grantOf = (options: RowOptions) => read(rowOf(options)).device?.grants[0]
  const scopes = ['operator.admin', 'operator.read', 'operator.later']
  const narrow = { scopes, row: { approvedScopes: ['operator.write'] } }
  assert.deepEqual((grantOf(narrow) as { scopes: unknown }).scopes, ['operator.read', 'operator.write'])
  assert.deepEqual(read(rowOf(narrow)).leftOut, [
    { deviceId: device.id, role: 'operator', scopes: ['operator.later'] },
  ])
  const nothing = grantOf({ row: { approvedScopes: undefined, scopes: undefined } })
  assert.deepEqual((nothing as { scopes: unknown }).scopes, [])
  const node = grantOf({ role: 'node', scopes: ['operator.admin'] })
  assert.deepEqual((node as { scopes: unknown }).scopes, [])
})

test('a revoked token is read as revoked, whatever its secret looks like, and never as live', () => {
  for (const revokedAtMs of [5, NOW + 1, 'yesterday', true]) {
    const grant = read(rowOf({ token: { revokedAtMs, token: 'x' } })).device?.grants[0]
    assert.equal(grant?.state, 'revoked', String(revokedAtMs))
    assert.equal('secretHash' in (grant ?? {}), false)
  }
})

test('a row that is not as it must be is left behind with its reason', () => {
  const cases: readonly (readonly [RowOptions, string])[] = [
    [{ row: { deviceId: undefined } }, 'unreadable'],
    [{ row: { deviceId: 'laptop' } }, 'bad-id'],
    [{ row: { publicKey: 'AAAA' } }, 'bad-key'],
    [{ row: { publicKey: undefined } }, 'bad-key'],
    [{ row: { publicKey: makeDevice().publicKey } }, 'id-mismatch'],
    [{ row: { tokens: undefined } }, 'no-token'],
    [{ row: { tokens: {} } }, 'no-token'],
    [{ row: { tokens: '{"operator":' } }, 'unreadable'],
    [{ row: { tokens: { operator: 'secret' } } }, 'unreadable'],
    [{ token: { role: 'node' } }, 'unreadable'],
    [{ role: 'worker' }, 'unknown-role'],
    [{ row: { roles: ['node'] } }, 'role-not-approved'],
    [{ row: { roles: undefined, role: 'node' } }, 'role-not-approved'],
    [{ token: { token: 'letmein' } }, 'bad-token'],
    [{ token: { token: undefined } }, 'bad-token'],
    [{ token: { token: '' } }, 'bad-token'],
    [{ token: { expiresAtMs: 1 } }, 'unknown-field'],
    [{ token: { issuer: { kind: 'shared-gateway-auth', generation: 'x' } } }, 'bound-token'],
    [{ row: { clientMode: ' Webchat' } }, 'page-token'],
    [{ row: { clientId: 'openclaw-control-ui' } }, 'page-token'],
  ]
  for (const [options, reason] of cases)
    assert.deepEqual(reasonsOf(options), [0, reason], JSON.stringify(options))
})

test('of a device with two roles the sound one is taken', () => {
  const tokens = {
    operator: { token: openClawToken(1), role: 'operator', scopes: ['operator.read'] },
    node: { token: '', role: 'node', scopes: [] },
  }
  assert.deepEqual(reasonsOf({ row: { roles: ['node', 'operator'], tokens } }), [1, 'bad-token'])
})
