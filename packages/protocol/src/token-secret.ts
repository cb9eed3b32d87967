import { encodeBase64Url } from './base64url.ts'
import { crc32 } from './crc32.ts'
import type { Brand } from './ids.ts'

/** A device token as the device carries it. */
export type TokenSecret = Brand<string, 'TokenSecret'>

const PREFIX = 'pgd_'
const BODY = /^pgd_[A-Za-z0-9_-]{43}[0-9a-z]{7}$/

/**
 * The look of a device token: prefix, 256 bits, and a checksum by which a scanner that finds one in a
 * repository or a log can tell it from noise without asking a gateway.
 */
export function formatTokenSecret(bits: Uint8Array): TokenSecret {
  const body = PREFIX + encodeBase64Url(bits)
  return (body + checksum(body)) as TokenSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong: no lookup for garbage. */
export function parseTokenSecret(text: string): TokenSecret | undefined {
  if (!BODY.test(text)) return undefined
  return checksum(text.slice(0, -7)) === text.slice(-7) ? (text as TokenSecret) : undefined
}

function checksum(body: string): string {
  return crc32(body).toString(36).padStart(7, '0')
}
