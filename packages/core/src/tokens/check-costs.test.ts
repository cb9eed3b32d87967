import assert from 'node:assert/strict'
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'
import { test } from 'node:test'
import {
  type DeviceId,
  formatAccessSecret,
  formatTokenSecret,
  type Instant,
  type TokenHash,
  type WebOrigin,
} from '@pairgate/protocol'
import type { AccessToken } from '../domain/access-token.ts'
import type { Token } from '../domain/token.ts'
import { createCheckAccessToken } from './check-access-token.ts'
import { createCheckDpopToken } from './check-dpop-token.ts'
import type { HttpUse } from './http-use.ts'
import { createStandingAccess } from './standing-access.ts'
import { createStandingTokens } from './standing-tokens.ts'
import { createUsedProofs } from './used-proofs.ts'

const NOW = 1_700_000_000_000
const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
const { x = '' } = publicKey.export({ format: 'jwk' })
const deviceId = sha256(Buffer.from(x, 'base64url')) as DeviceId
const ask = { method: 'GET', origin: 'https://app.example' as WebOrigin, target: '/a?b' }
const use: HttpUse = { asked: () => ask, connId: 'c', remoteIp: undefined, scopeCap: undefined }

/** Everything that costs something is counted. */
function counting() {
  const counts = { reads: 0, hashes: 0, signatures: 0 }
  let now = NOW
  const clock = {
    now: () => now as Instant,
    wall: () => now as Instant,
    steady: () => now as Instant,
    ticks: () => now,
  }
  const crypto = {
    deviceIdOf: (key: Uint8Array) => sha256(key) as DeviceId,
    sha256,
    hashToken(secret: string) {
      counts.hashes += 1
      return sha256(secret) as TokenHash
    },
    verifyEd25519(_key: Uint8Array, text: string, signature: Uint8Array) {
      counts.signatures += 1
      return verify(null, Buffer.from(text), publicKey, signature)
    },
  }
  const following = { cursor: 0, isCurrent: true, isBroken: false, lagMs: 0 }
  return { counts, clock, crypto, following, pass: (ms: number) => (now += ms) }
}

const facts = { deviceId, role: 'operator', tokenId: 't', sessionId: 's', scopes: ['operator.read'] } as const
const token = { ...facts, createdAt: NOW, presentedAt: NOW } as unknown as Token

test('an access token that is remembered costs one hash and no read, and is answered at once', async () => {
  const { counts, clock, crypto, following } = counting()
  const access = createStandingAccess({
    following,
    read: {
      async findAccessToken(hash) {
        counts.reads += 1
        return { ...facts, hash, parentId: 't', expiresAt: NOW + 1 } as unknown as AccessToken
      },
      async findToken() {
        counts.reads += 1
        return token
      },
    },
  })
  const check = createCheckAccessToken({ access, crypto, clock })
  const secret = formatAccessSecret(new Uint8Array(32))
  assert.equal((await check(secret, use)).ok, true)
  Object.assign(counts, { reads: 0, hashes: 0 })
  const verdict = check(secret, use)
  assert.ok(!(verdict instanceof Promise) && verdict.ok)
  assert.deepEqual(counts, { reads: 0, hashes: 1, signatures: 0 })
})

test('a proof beside a token that is remembered costs one signature and no read, and is answered at once', async () => {
  const { counts, clock, crypto, following, pass } = counting()
  const tokens = createStandingTokens({
    following,
    clock,
    pairing: { idleTtlMs: undefined },
    read: {
      async findTokenByHash(tokenHash) {
        counts.reads += 1
        return { token: { ...token, tokenHash }, as: 'current' as const, signsOrigin: false }
      },
    },
  })
  const used = createUsedProofs({ clock, random: { salt: () => 'salt' } })
  const pairing = { idleTtlMs: undefined }
  const check = createCheckDpopToken({ tokens, following, used, crypto, clock, pairing })
  const secret = formatTokenSecret(new Uint8Array(32))
  // A proof from before the start would need a nonce.
  pass(10_000)
  assert.equal((await check(secret, proofOf('one', secret), use)).ok, true)
  Object.assign(counts, { reads: 0, hashes: 0, signatures: 0 })
  const verdict = check(secret, proofOf('two', secret), use)
  assert.ok(!(verdict instanceof Promise) && verdict.ok)
  assert.deepEqual(counts, { reads: 0, hashes: 1, signatures: 1 })
})

function proofOf(jti: string, secret: string): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x }
  const claims = {
    jti,
    htm: ask.method,
    htu: `${ask.origin}/a`,
    iat: NOW / 1_000 + 10,
    ath: createHash('sha256').update(secret).digest('base64url'),
  }
  const signed = `${encode({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })}.${encode(claims)}`
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`
}
