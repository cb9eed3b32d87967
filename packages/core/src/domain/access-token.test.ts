import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  coversScopes,
  type Instant,
  narrowScopes,
  SCOPES,
  type SessionId,
  type TokenId,
} from '@pairgate/protocol'
import fc from 'fast-check'
import { type AccessToken, accessScopes, withoutMighty } from './access-token.ts'
import type { Token } from './token.ts'

const at = (ms: number) => ms as Instant
const parent: Token = {
  tokenId: 'parent' as TokenId,
  sessionId: 'session' as SessionId,
  scopes: ['operator.read', 'operator.talk'],
  expiresAt: undefined,
  revokedAt: undefined,
} as unknown as Token
const access: AccessToken = {
  parentId: parent.tokenId,
  sessionId: parent.sessionId,
  scopes: ['operator.read'],
  expiresAt: at(100),
} as unknown as AccessToken

test('an access token opens what it was made with, until it runs out', () => {
  assert.deepEqual(accessScopes(access, parent, at(99)), ['operator.read'])
  assert.equal(accessScopes(access, parent, at(100)), undefined)
})

test('an access token ends with its parent: revoked, run out, rotated, moved or gone', () => {
  const ends: readonly (Token | undefined)[] = [
    { ...parent, revokedAt: at(1) },
    { ...parent, expiresAt: at(50) },
    { ...parent, tokenId: 'rotated' as TokenId },
    { ...parent, sessionId: 'other' as SessionId },
    undefined,
  ]
  for (const ended of ends) assert.equal(accessScopes(access, ended, at(50)), undefined)
})

test('an access token never opens more than it was made with, nor more than its parent holds now', () => {
  const scopes = fc.subarray([...SCOPES])
  fc.assert(
    fc.property(scopes, scopes, (minted, held) => {
      const opened = accessScopes({ ...access, scopes: minted }, { ...parent, scopes: held }, at(1)) ?? []
      assert.ok(coversScopes(held, opened) && opened.every((scope) => minted.includes(scope)))
      assert.deepEqual(opened, narrowScopes(held, minted))
    }),
  )
})

test('neither admin nor pairing is left to an access token', () => {
  const left = withoutMighty(SCOPES)
  assert.deepEqual(
    SCOPES.filter((scope) => !left.includes(scope)),
    ['operator.admin', 'operator.pairing'],
  )
  assert.equal(coversScopes(left, ['operator.admin']) || coversScopes(left, ['operator.pairing']), false)
})
