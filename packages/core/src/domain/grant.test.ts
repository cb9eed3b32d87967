import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type DeviceId,
  EVERY_SESSION,
  type Instant,
  type RequestId,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import {
  deliverToken,
  extendToken,
  type Grant,
  grantDevice,
  grantToken,
  presentToken,
  previousStillFetches,
  revokeToken,
  rotateToken,
  withoutRole,
} from './grant.ts'
import { isOpen, type OpenRequest, refreshRequest } from './pairing-request.ts'
import { isLiveAdmin, tokenState } from './token.ts'

const at = (ms: number) => ms as Instant
const secret = (name: string) => ({
  tokenId: name as TokenId,
  tokenHash: `hash-${name}` as TokenHash,
  keyId: 'k',
})
const metadata = {
  displayName: 'Phone',
  platform: 'ios',
  deviceFamily: undefined,
  clientId: 'cli',
  clientMode: 'cli',
}
const request: OpenRequest = {
  state: 'open',
  id: 'r' as RequestId,
  deviceId: 'd' as DeviceId,
  publicKey: 'p',
  role: 'operator',
  scopes: ['operator.read'],
  why: 'not-paired',
  metadata,
  remoteIp: undefined,
  prefix: 'loopback',
  invitationId: undefined,
  digest: 'x',
  createdAt: at(0),
  refreshedAt: at(0),
  expiresAt: at(300_000),
}
const grant = (change: Partial<Grant> = {}): Grant => ({
  request,
  scopes: ['operator.read'],
  sessionId: 's' as SessionId,
  lifetime: undefined,
  idleMs: undefined,
  label: undefined,
  by: 'owner',
  via: 'operator',
  now: at(10),
  ...change,
})
const paired = presentToken(grantToken(undefined, grant(), secret('one')), at(11))

test('a first approval draws a secret that nobody has proved', () => {
  const token = grantToken(undefined, grant(), secret('one'))
  assert.deepEqual([token.tokenId, token.presentedAt, token.deliveredAt], ['one', undefined, undefined])
})
test('an upgrade keeps the secret and adds to the scopes', () => {
  const token = grantToken(paired, grant({ scopes: ['operator.approvals'] }), secret('two'))
  assert.equal(token.tokenId, 'one')
  assert.deepEqual(token.scopes, ['operator.approvals', 'operator.read'])
  assert.equal(token.presentedAt, paired.presentedAt)
})
test('an approval after a revoke draws a new secret and revives no old scope', () => {
  const wide = { ...paired, scopes: ['operator.admin'] as const }
  const token = grantToken(revokeToken(wide, 'owner', at(20)), grant({ now: at(30) }), secret('two'))
  assert.deepEqual([token.tokenId, token.scopes, token.revokedAt], ['two', ['operator.read'], undefined])
})
test('a renewal keeps the secret, repeats the lifetime and grants only what was approved now', () => {
  const old = { ...paired, scopes: ['operator.write'] as const, createdAt: at(0), expiresAt: at(1_000) }
  const token = grantToken(old, grant({ now: at(5_000) }), secret('two'))
  assert.deepEqual([token.tokenId, token.expiresAt, token.scopes], ['one', 6_000, ['operator.read']])
})
test('a renewal repeats the lifetime that was given, however often the secret was rotated since', () => {
  const given = grantToken(undefined, grant({ lifetime: 1_000, now: at(0) }), secret('one'))
  const rotated = rotateToken(given, secret('two'), given.scopes, at(900))
  const renewed = grantToken(rotated, grant({ now: at(5_000) }), secret('three'))
  assert.deepEqual([renewed.expiresAt, renewed.lifetimeMs, renewed.renewedAt], [6_000, 1_000, 5_000])
  const endless = grantToken(rotated, grant({ now: at(5_000), lifetime: 'never' }), secret('three'))
  assert.deepEqual([endless.expiresAt, endless.lifetimeMs], [undefined, undefined])
})
test('an extension sets the deadline anew, earlier or later, and is what a renewal repeats', () => {
  const token = grantToken(undefined, grant({ lifetime: 1_000, now: at(0) }), secret('one'))
  for (const lifetime of [10, 100_000]) {
    const extended = extendToken(token, lifetime, at(500))
    assert.deepEqual([extended.expiresAt, extended.tokenHash], [500 + lifetime, token.tokenHash])
    const late = at(1_000_000)
    assert.equal(grantToken(extended, grant({ now: late }), secret('two')).expiresAt, 1_000_000 + lifetime)
  }
  assert.equal(extendToken(token, 'never', at(500)).expiresAt, undefined)
})
test('a device that lost its token gets the same one again, by its key alone', () => {
  const token = grantToken(paired, grant({ request: { ...request, why: 'token-lost' } }), secret('two'))
  assert.deepEqual([token.tokenId, token.presentedAt, token.deliveredAt], ['one', undefined, undefined])
})
test('after two rotations the last secret that the device had still fetches', () => {
  const once = rotateToken(paired, secret('two'), paired.scopes, at(100))
  assert.equal(once.previousHash, 'hash-one')
  assert.equal(rotateToken(once, secret('three'), paired.scopes, at(200)).previousHash, 'hash-one')
  const delivered = rotateToken(deliverToken(once, at(150)), secret('three'), paired.scopes, at(200))
  assert.equal(delivered.previousHash, 'hash-two')
})
test('the previous secret fetches for 30 days and not a moment longer, and never after the new one was proved', () => {
  const rotated = rotateToken(paired, secret('two'), paired.scopes, at(100))
  const last = 100 + 30 * 86_400_000
  assert.deepEqual(
    [previousStillFetches(rotated, at(last - 1)), previousStillFetches(rotated, at(last))],
    [true, false],
  )
  assert.equal(presentToken(rotated, at(200)).previousHash, undefined)
  assert.equal(revokeToken(rotated, 'owner', at(200)).previousHash, undefined)
})
test('a revoke takes the baseline along, so that no rotation can widen to it', () => {
  const device = grantDevice(undefined, grant({ scopes: ['operator.admin'] }), false)
  const revoked = withoutRole(device, 'operator')
  assert.deepEqual([revoked.roles, revoked.scopes], [[], []])
  assert.deepEqual(grantDevice(revoked, grant(), false).scopes, ['operator.read'])
})
test('the baseline grows with an upgrade and starts anew with a renewal', () => {
  const device = grantDevice(undefined, grant({ scopes: ['operator.write'] }), false)
  assert.deepEqual(grantDevice(device, grant(), true).scopes, ['operator.read', 'operator.write'])
  assert.deepEqual(grantDevice(device, grant(), false).scopes, ['operator.read'])
})
test('a token lives until the millisecond before its expiry; revoked is the stronger reason', () => {
  const token = { ...paired, expiresAt: at(1_000) }
  assert.deepEqual(
    [tokenState(token, at(999), undefined), tokenState(token, at(1_000), undefined)],
    ['live', 'expired'],
  )
  assert.equal(tokenState(revokeToken(token, 'owner', at(5)), at(2_000), undefined), 'revoked')
  const admin = { ...paired, scopes: ['operator.admin'] } as const
  assert.equal(isLiveAdmin({ ...admin, sessionId: EVERY_SESSION }, at(20), undefined), true)
  // An admin of one session leaves nobody behind who could look after the gateway.
  assert.equal(isLiveAdmin(admin, at(20), undefined), false)
  assert.equal(isLiveAdmin(paired, at(20), undefined), false)
})
test('a request is open until the last millisecond; asking again moves only its deadline', () => {
  assert.deepEqual([isOpen(request, at(299_999)), isOpen(request, at(300_000))], [true, false])
  assert.deepEqual(refreshRequest(request, at(7)), { ...request, refreshedAt: at(7), expiresAt: at(300_007) })
})
test('a renewal of a token that lay unused keeps its deadline, and counts as use', () => {
  const idle = { ...paired, scopes: ['operator.write'] as const, expiresAt: at(100_000), lifetimeMs: 100_000 }
  const renewed = grantToken(idle, grant({ now: at(5_000), idleMs: 1_000 }), secret('two'))
  assert.deepEqual([renewed.expiresAt, renewed.scopes], [100_000, ['operator.read']])
  assert.deepEqual(
    [tokenState(renewed, at(5_999), 1_000), tokenState(renewed, at(6_000), 1_000)],
    ['live', 'expired'],
  )
})
