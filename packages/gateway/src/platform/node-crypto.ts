import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  hash,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import type { Crypto } from '@pairgate/core'
import type { DeviceId, TokenHash } from '@pairgate/protocol'
import { createRecentlyUsed } from './recently-used.ts'

/** DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410) up to the raw key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
/** DER of an Ed25519 PKCS#8 key (RFC 8410) up to the 32 bytes of its seed. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const RAW_KEY_BYTES = 32
const SIGNATURE_BYTES = 64
/** Reading a key costs a third of checking a signature; strangers can only push each other out. */
const REMEMBERED_KEYS = 4_096
/** Whoever has an access token shows it with every request, and nothing of its check costs as much as its hash. */
const REMEMBERED_TOKENS = 1_024
const ACCESS_TOKEN_LETTERS = 54

/** Hashes and signatures by the runtime's own crypto. */
export function createNodeCrypto(): Crypto {
  const keyOf = createRecentlyUsed(REMEMBERED_KEYS, keyOfName)
  const accessHashOf = createRecentlyUsed(REMEMBERED_TOKENS, sha256Hex)
  return {
    deviceIdOf: (rawPublicKey) => sha256Hex(rawPublicKey) as DeviceId,
    sha256: sha256Hex,
    hashToken: (secret) => (mayBeAccessToken(secret) ? accessHashOf(secret) : sha256Hex(secret)) as TokenHash,
    verifyEd25519(rawPublicKey, text, signature) {
      if (rawPublicKey.length !== RAW_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
      try {
        const key = keyOf(Buffer.from(rawPublicKey).toString('latin1'))
        return verify(null, Buffer.from(text, 'utf8'), key, signature)
      } catch {
        // 32 bytes that are no point of the curve.
        return false
      }
    },
  }
}

/** Of any other look nothing is remembered: they are good for longer than an hour, or are shown once. */
function mayBeAccessToken(secret: string): boolean {
  return secret.length === ACCESS_TOKEN_LETTERS && secret.startsWith('pga_')
}

/** The raw public key that belongs to the 32 bytes of an Ed25519 seed. */
export function rawPublicKeyOf(seed: Uint8Array): Uint8Array {
  const pair = createPublicKey(privateKeyOf(seed))
  return pair.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length)
}

/** The private key of the 32 bytes of an Ed25519 seed. */
export function privateKeyOf(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_PREFIX, seed])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

/** HMAC-SHA-256 of UTF-8 text, base64url. */
export function hmacBase64Url(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text, 'utf8').digest('base64url')
}

/** Compares two secrets in a time that tells nothing about where they differ, nor how long ours is. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(sha256Bytes(one), sha256Bytes(other))
}

function sha256Bytes(text: string): Uint8Array {
  return hash('sha256', text, 'buffer')
}

function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex')
}

/** The name is the raw key, a letter per byte: a text of its own, whatever becomes of the caller's bytes. */
function keyOfName(name: string): KeyObject {
  const key = Buffer.concat([SPKI_PREFIX, Buffer.from(name, 'latin1')])
  return createPublicKey({ key, format: 'der', type: 'spki' })
}
