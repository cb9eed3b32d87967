import { createHash, createHmac, createPublicKey, type KeyObject } from 'node:crypto'
import { days, type Instant } from '@pairgate/protocol'
import { privateKeyOf } from '../platform/node-crypto.ts'

/** A public key as upstreams get it (RFC 8037). */
export interface AssertionJwk {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly alg: 'EdDSA'
  readonly use: 'sig'
}

export interface AssertionKey {
  readonly privateKey: KeyObject
  readonly jwk: AssertionJwk
}

/** Keys that sign what upstreams are told, each for a day. */
export interface AssertionKeys {
  at(now: Instant): AssertionKey
  /** The keys of yesterday, today and tomorrow: who fetches them seldom knows each before it is used. */
  published(now: Instant): readonly AssertionJwk[]
}

const PERIOD_MS = days(1)

/**
 * The key of each day comes out of the token key, as the gateway's own identity does: they change without
 * anything to write down, and every machine that serves the same database signs alike.
 */
export function createAssertionKeys(key: Uint8Array): AssertionKeys {
  const made = new Map<number, AssertionKey>()
  const of = (period: number): AssertionKey => {
    const known = made.get(period)
    if (known) return known
    const fresh = makeKey(createHmac('sha256', key).update(`upstream-assertion ${period}`).digest())
    made.set(period, fresh)
    for (const old of made.keys()) if (Math.abs(old - period) > 2) made.delete(old)
    return fresh
  }
  const periodOf = (now: Instant) => Math.floor(now / PERIOD_MS)
  return {
    at: (now) => of(periodOf(now)),
    published: (now) => [-1, 0, 1].map((more) => of(periodOf(now) + more).jwk),
  }
}

function makeKey(seed: Buffer): AssertionKey {
  const privateKey = privateKeyOf(seed)
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  // The thumbprint of RFC 7638 over the members that it names, in its order.
  const kid = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url')
  return { privateKey, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } }
}
