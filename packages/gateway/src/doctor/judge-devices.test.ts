import assert from 'node:assert/strict'
import { test } from 'node:test'
import { days } from '@pairgate/protocol'
import { type DeviceFacts, judgeDevices, type TokenFacts } from './judge-devices.ts'

const NOW = days(1_000)
const token = (facts: Partial<TokenFacts> = {}): TokenFacts => ({
  role: 'operator',
  scopes: ['operator.read'],
  opensEverySession: false,
  isRevoked: false,
  expiresAtMs: undefined,
  usedAtMs: NOW,
  ...facts,
})
const device = (id: string, ...tokens: readonly TokenFacts[]): DeviceFacts => ({
  id: id.repeat(64),
  name: undefined,
  roles: ['operator'],
  scopes: ['operator.read'],
  lastSeenAtMs: undefined,
  tokens,
})
const levels = (devices: readonly DeviceFacts[], openClaim = false) =>
  Object.fromEntries(
    judgeDevices(devices, { nowMs: NOW, openClaim }).map(({ check, level }) => [check, level]),
  )
const FINE = { admin: 'ok', 'devices-unused': 'ok', 'tokens-ending': 'ok', 'tokens-grant': 'ok' }
const ADMIN: DeviceFacts = {
  ...device('a', token({ scopes: ['operator.admin'], opensEverySession: true })),
  scopes: ['operator.admin'],
}

test('an admin with a standing token is enough; without one it matters whether there ever was one', () => {
  assert.deepEqual(levels([ADMIN]), FINE)
  assert.deepEqual(levels([device('b', token())]), { ...FINE, admin: 'warn' })
  assert.deepEqual(levels([], true), { ...FINE, admin: 'note' })
  const put = ADMIN.tokens.map((each) => ({ ...each, isRevoked: true }))
  assert.deepEqual(levels([{ ...ADMIN, tokens: put }]), { ...FINE, admin: 'warn' })
})

test('what nobody has used for 90 days is a note, however long ago it was made', () => {
  const old = token({ usedAtMs: NOW - days(91) })
  assert.equal(levels([ADMIN, device('b', old)])['devices-unused'], 'note')
  const seen = { ...device('b', old), lastSeenAtMs: NOW - days(1) }
  assert.deepEqual(levels([ADMIN, seen]), FINE)
  assert.deepEqual(levels([ADMIN, device('b', { ...old, isRevoked: true })]), FINE)
})

test('a token that runs out within a week is a warning, one that has run out is over', () => {
  assert.equal(levels([ADMIN, device('b', token({ expiresAtMs: NOW + days(6) }))])['tokens-ending'], 'warn')
  assert.deepEqual(levels([ADMIN, device('b', token({ expiresAtMs: NOW + days(8) }))]), FINE)
  assert.deepEqual(levels([ADMIN, device('b', token({ expiresAtMs: NOW }))]), FINE)
})

test('a token with more scopes, another role or every session is beyond its grant', () => {
  const beyond = [
    token({ scopes: ['operator.write'] }),
    token({ role: 'node' }),
    token({ opensEverySession: true }),
  ]
  for (const each of beyond) assert.equal(levels([ADMIN, device('b', each)])['tokens-grant'], 'fail')
})

test('of thousands five are named, and the advice is about the first', () => {
  const many = Array.from({ length: 2_000 }, () => device('b', token({ expiresAtMs: NOW + 1 })))
  const [found] = judgeDevices(many, { nowMs: NOW, openClaim: false }).filter(
    ({ check }) => check === 'tokens-ending',
  )
  assert.match(
    found?.what ?? '',
    /^These tokens run out within a week: (bbbbbbbb \(operator\), ){4}bbbbbbbb \(operator\) and 1995 more\.$/,
  )
  assert.equal(found?.advice, `openclaw devices extend ${'b'.repeat(64)} --role operator --expires 90d`)
})
