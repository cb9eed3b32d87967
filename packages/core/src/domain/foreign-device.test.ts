import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type DeviceId,
  days,
  type Instant,
  later,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import { type ForeignGrant, importToken } from './foreign-device.ts'
import {
  deliverToken,
  type Grant,
  grantToken,
  hasForeignSecret,
  presentToken,
  previousStillFetches,
  rotateToken,
} from './grant.ts'

const now = 1_795_000_000_000 as Instant
const FOREIGN = 'f'.repeat(64) as TokenHash
const fresh = (n: number) => ({
  tokenId: `token-${n}` as TokenId,
  tokenHash: String(n).repeat(64) as TokenHash,
  keyId: 'key',
})
const grant = (why: 'not-paired' | 'token-lost' = 'not-paired'): Grant => ({
  request: {
    deviceId: 'd'.repeat(64) as DeviceId,
    publicKey: 'k'.repeat(43),
    role: 'operator',
    metadata: {
      displayName: undefined,
      platform: undefined,
      deviceFamily: undefined,
      clientId: undefined,
      clientMode: undefined,
    },
    why,
  },
  scopes: ['operator.read'],
  sessionId: 'session' as SessionId,
  lifetime: undefined,
  idleMs: undefined,
  label: undefined,
  by: 'owner',
  via: 'import',
  now,
})
const live: ForeignGrant = {
  state: 'live',
  role: 'operator',
  scopes: ['operator.read'],
  secretHash: FOREIGN,
}
const imported = importToken(live, grant(), fresh(1))

test('a foreign secret fetches ours for years, and until ours is first used', () => {
  assert.equal(hasForeignSecret(imported), true)
  assert.equal(previousStillFetches(imported, later(now, days(2_000))), true)
  assert.equal(hasForeignSecret(deliverToken(imported, now)), true)
  const used = presentToken(imported, now)
  assert.deepEqual([hasForeignSecret(used), previousStillFetches(used, now)], [false, false])
})

test('an operator who rotates gives it the deadline that every old secret has', () => {
  const rotated = rotateToken(imported, fresh(2), ['operator.read'], now)
  assert.equal(rotated.previousHash, FOREIGN)
  assert.equal(previousStillFetches(rotated, later(now, days(29))), true)
  assert.equal(previousStillFetches(rotated, later(now, days(30))), false)
})

test('a secret that was rotated here is none, and neither is what was told and then rotated', () => {
  const told = rotateToken(deliverToken(imported, now), fresh(2), ['operator.read'], now)
  assert.deepEqual([told.previousHash, hasForeignSecret(told)], [imported.tokenHash, false])
})

test('who has lost it and is approved again fetches by its key, and the foreign one is forgotten', () => {
  const again = grantToken(imported, grant('token-lost'), fresh(2))
  assert.deepEqual([again.tokenId, again.previousHash], [imported.tokenId, undefined])
  assert.equal(grantToken(imported, grant(), fresh(2)).previousHash, FOREIGN)
})

test('one that was revoked there has no secret at all', () => {
  const ended = importToken({ state: 'revoked', role: 'operator', revokedAt: now }, grant(), fresh(1))
  assert.deepEqual([ended.revokedAt, ended.previousHash], [now, undefined])
})
