import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  coversScopes,
  type DeviceId,
  type Instant,
  SCOPES,
  type SessionId,
  type TokenHash,
  type TokenId,
  type TokenSecret,
} from '@pairgate/protocol'
import fc from 'fast-check'
import type { Token } from '../domain/token.ts'
import type { Credential } from './judge-credential.ts'
import { judgeGrant } from './judge-grant.ts'

const scopes = fc.subarray([...SCOPES])
const instant = fc.option(fc.integer({ min: 1, max: 20 }) as fc.Arbitrary<Instant>, { nil: undefined })
const token: fc.Arbitrary<Token> = fc.record({
  deviceId: fc.constant('d' as DeviceId),
  role: fc.constant('operator'),
  tokenId: fc.constant('t' as TokenId),
  tokenHash: fc.constant('h' as TokenHash),
  keyId: fc.constant('k'),
  presentedAt: instant,
  deliveredAt: instant,
  previousTokenId: fc.constant(undefined),
  previousHash: fc.constant(undefined),
  scopes,
  sessionId: fc.constant('s' as SessionId),
  createdAt: fc.constant(0 as Instant),
  rotatedAt: instant,
  expiresAt: instant,
  lifetimeMs: fc.constant(undefined),
  renewedAt: instant,
  revokedAt: instant,
  revokedBy: fc.constant(undefined),
  lastUsedAt: fc.constant(undefined),
})
const brought = (as: 'current' | 'previous') =>
  ({ kind: 'device-token', as, secret: '' as TokenSecret, token: {} as Token, signsOrigin: false }) as const
const credential = fc.constantFrom<Credential[]>(
  brought('current'),
  brought('previous'),
  { kind: 'shared', by: 'token' } as const,
  { kind: 'key-alone' } as const,
)
test('nothing that is accepted is wider than the token or than what was asked', () => {
  fc.assert(
    fc.property(token, credential, scopes, (held, brought, asked) => {
      const answer = judgeGrant({
        known: true,
        token: held,
        credential: brought,
        asked,
        now: 10 as Instant,
        idleMs: undefined,
      })
      if (answer.kind !== 'accept') return
      assert.equal(coversScopes(held.scopes, answer.scopes), true)
      assert.equal(coversScopes(asked, answer.scopes), true)
    }),
  )
})
test('a revoked or expired token is never accepted, whatever comes with it', () => {
  fc.assert(
    fc.property(token, credential, scopes, (held, brought, asked) => {
      const gone = held.revokedAt !== undefined || (held.expiresAt !== undefined && held.expiresAt <= 10)
      fc.pre(gone)
      assert.equal(
        judgeGrant({
          known: true,
          token: held,
          credential: brought,
          asked,
          now: 10 as Instant,
          idleMs: undefined,
        }).kind,
        'ask',
      )
    }),
  )
})
test('the key alone fetches a secret only until it was first proved', () => {
  fc.assert(
    fc.property(token, scopes, (held, asked) => {
      const answer = judgeGrant({
        known: true,
        token: held,
        credential: { kind: 'key-alone' },
        asked,
        now: 10 as Instant,
        idleMs: undefined,
      })
      if (held.presentedAt !== undefined) assert.equal(answer.kind, 'ask')
    }),
  )
})
test('a token that asks for more than it holds files no request', () => {
  const held = {
    ...fc.sample(token, 1)[0],
    scopes: ['operator.read'],
    presentedAt: 1,
    revokedAt: undefined,
    expiresAt: undefined,
  } as unknown as Token
  const asked = ['operator.write'] as const
  assert.equal(
    judgeGrant({
      known: true,
      token: held,
      credential: brought('current'),
      asked,
      now: 10 as Instant,
      idleMs: undefined,
    }).kind,
    'scope-mismatch',
  )
})
test('the shared secret fetches a secret once, and then asks an operator for what it lacks', () => {
  const fresh = {
    ...fc.sample(token, 1)[0],
    scopes: ['operator.read'],
    presentedAt: undefined,
    deliveredAt: undefined,
    revokedAt: undefined,
    expiresAt: undefined,
  } as unknown as Token
  const brought = { kind: 'shared', by: 'token' } as const
  const asked = ['operator.read', 'operator.write'] as const
  const now = 10 as Instant
  assert.deepEqual(
    judgeGrant({ known: true, token: fresh, credential: brought, asked, now, idleMs: undefined }),
    {
      kind: 'accept',
      token: fresh,
      scopes: ['operator.read'],
    },
  )
  const delivered = { ...fresh, deliveredAt: now }
  assert.deepEqual(
    judgeGrant({ known: true, token: delivered, credential: brought, asked, now, idleMs: undefined }),
    {
      kind: 'ask',
      why: 'scope-upgrade',
    },
  )
})
test('a token that lay unused for too long asks for a renewal, whatever comes with it, and one that was used does not', () => {
  const used = fc.record({ created: fc.nat(50), rotated: fc.nat(50), renewed: fc.nat(50), last: fc.nat(50) })
  fc.assert(
    fc.property(token, credential, used, fc.integer({ min: 1, max: 60 }), (held, brought, at, idleMs) => {
      const lain = {
        ...held,
        createdAt: at.created as Instant,
        rotatedAt: at.rotated as Instant,
        renewedAt: at.renewed as Instant,
        lastUsedAt: at.last as Instant,
        revokedAt: undefined,
        expiresAt: undefined,
      }
      const question = {
        known: true,
        token: lain,
        credential: brought,
        asked: [],
        now: 60 as Instant,
        idleMs,
      }
      const answer = judgeGrant(question)
      const isIdle = Math.max(at.created, at.rotated, at.renewed, at.last) + idleMs <= 60
      assert.equal(answer.kind === 'ask' && answer.why === 'token-expired', isIdle)
    }),
  )
})
