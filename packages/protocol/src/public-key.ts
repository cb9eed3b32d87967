import { decodeBase64 } from './base64url.ts'

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410); the raw key follows it. */
const SPKI_PREFIX = '302a300506032b6570032100'
const PEM = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/

/**
 * Reads a device's public key as base64url, standard base64 or a PEM block (protocol fact 6).
 * The length is not judged here: a key of the wrong length fails later, at its signature.
 * @returns the raw key bytes, or `undefined` when the text cannot be decoded.
 */
export function parsePublicKey(text: string): Uint8Array | undefined {
  const pem = PEM.exec(text.trim())
  if (!pem) return decodeBase64(text)
  const der = decodeBase64((pem[1] ?? '').replace(/\s/g, ''))
  if (der?.length !== 44) return undefined
  const prefix = [...der.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return prefix === SPKI_PREFIX ? der.subarray(12) : undefined
}
