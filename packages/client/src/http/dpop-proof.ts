import { encodeBase64Url } from '@pairgate/protocol'
import { platform } from '#platform'
import type { DeviceKey } from '../key/device-key.ts'
import { drawBytes } from '../platform/random.ts'
import { systemNow } from '../platform/system-clock.ts'

/** What a proof is about. */
export interface ProofFacts {
  readonly method: string
  readonly url: URL
  /** The token that goes along; the proof is good for no other one. */
  readonly token: string
  /** What the server asked for in `DPoP-Nonce`. */
  readonly nonce?: string | undefined
}

/**
 * A DPoP proof (RFC 9449 section 4.2): a JWT by the device's key for one request with one token. Whoever
 * copies the token without the key cannot make one, and this one is good for nothing else.
 */
export async function createDpopProof(key: DeviceKey, facts: ProofFacts): Promise<string> {
  const { method, url, token, nonce } = facts
  const header = {
    typ: 'dpop+jwt',
    alg: 'EdDSA',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey },
  }
  const claims = {
    jti: encodeBase64Url(drawBytes(16)),
    htm: method,
    // Without query and fragment (section 4.3): proxies rewrite those.
    htu: url.origin + url.pathname,
    iat: Math.floor(systemNow() / 1_000),
    ath: encodeBase64Url(await platform.sha256(new TextEncoder().encode(token))),
    ...(nonce !== undefined && { nonce }),
  }
  const text = `${encodeJson(header)}.${encodeJson(claims)}`
  return `${text}.${await key.sign(text)}`
}

function encodeJson(value: object): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)))
}
