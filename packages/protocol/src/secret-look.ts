import { encodeBase64Url } from './base64url.ts'
import { crc32 } from './crc32.ts'

const BODY = /^[A-Za-z0-9_-]{43}[0-9a-z]{7}$/
const CHECKSUM_LETTERS = 7

/**
 * The look that our secrets share: prefix, 256 bits, and a checksum by which a scanner that finds one in a
 * repository or a log can tell it from noise without asking a gateway.
 */
export function formatSecret(prefix: string, bits: Uint8Array): string {
  const body = prefix + encodeBase64Url(bits)
  return body + checksum(body)
}

/** Whether prefix, length and checksum are right: no lookup for garbage. */
export function looksLikeSecret(prefix: string, text: string): boolean {
  if (!text.startsWith(prefix) || !BODY.test(text.slice(prefix.length))) return false
  const end = text.length - CHECKSUM_LETTERS
  // As numbers: seven letters of that kind are one number, and writing it down costs more than reading it.
  return Number.parseInt(text.slice(end), 36) === crc32(text, end)
}

function checksum(body: string): string {
  return crc32(body).toString(36).padStart(CHECKSUM_LETTERS, '0')
}
