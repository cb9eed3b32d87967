import type { DeviceId, TokenHash, TokenId, TokenSecret } from '@pairgate/protocol'

export interface Crypto {
  /** Device id of a raw public key: SHA-256, lower-case hex (protocol fact 6). */
  deviceIdOf(rawPublicKey: Uint8Array): DeviceId
  /** SHA-256, lower-case hex, of UTF-8 text. */
  sha256(text: string): string
  /** What is stored of a token secret. */
  hashToken(secret: string): TokenHash
  /** Whether `signature` is the key's Ed25519 signature over the UTF-8 bytes of `text`. Never throws. */
  verifyEd25519(rawPublicKey: Uint8Array, text: string, signature: Uint8Array): boolean
}

/** Keyed hashes of what is too short or too guessable for a plain one; the key never leaves the adapter. */
export interface ShortSecrets {
  /** HMAC-SHA-256, lower-case hex; what is hashed for one purpose tells nothing about another. */
  macOf(purpose: 'pair-code' | 'shared-secret', text: string): string
}

/** Seals the event log; the key behind it never leaves the adapter. */
export interface EventSeal {
  /** HMAC-SHA-256 of UTF-8 text, lower-case hex. */
  macOf(text: string): string
  /** The same for an event of that number, which may be from before the key was changed. */
  macAt(seq: number, text: string): string
}

/** Derives token secrets; the key behind it never leaves the adapter. */
export interface TokenSecrets {
  /** Which key new secrets come from; stored beside each token. */
  readonly keyId: string
  /** HMAC-SHA-256(key, "device-token" ‖ tokenId) in the look of `formatTokenSecret`: always the same for the same id. */
  secretOf(tokenId: TokenId): TokenSecret
}
