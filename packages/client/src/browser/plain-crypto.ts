import { getPublicKey, hashes, sign } from '@noble/ed25519'
import { sha256, sha512 } from '@noble/hashes/sha2.js'

export { sha256 }

// Not once for the whole file: bundlers may leave out what a file does when they know its exports.
export function publicKeyOf(secret: Uint8Array): Uint8Array {
  hashes.sha512 = sha512
  return getPublicKey(secret)
}

export function signBytes(bytes: Uint8Array, secret: Uint8Array): Uint8Array {
  hashes.sha512 = sha512
  return sign(bytes, secret)
}
