import { createHash, randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import type { TestDevice } from '../harness/test-device.ts'

export interface ProofFacts {
  readonly device: TestDevice
  readonly token: string
  readonly method?: string
  readonly url: string
  readonly nonce?: string | undefined
  /** Over the right ones; `undefined` leaves one out. */
  readonly claims?: Readonly<Record<string, unknown>>
  readonly header?: Readonly<Record<string, unknown>>
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url')

/** A DPoP proof, made by a library that is no part of the product. */
export function makeProof(facts: ProofFacts): Promise<string> {
  const { device, token, method = 'GET', url, nonce, claims, header } = facts
  const payload: JWTPayload = {
    jti: randomUUID(),
    htm: method,
    htu: url,
    iat: Math.floor(Date.now() / 1_000),
    ath: sha256(token),
    ...(nonce !== undefined && { nonce }),
    ...claims,
  }
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: device.publicKey }
  return new SignJWT(payload)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'EdDSA', jwk, ...header })
    .sign(device.privateKey)
}
