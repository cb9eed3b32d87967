import type { Brand } from './ids.ts'
import { formatSecret, looksLikeSecret } from './secret-look.ts'

/** A short-lived access token as a program carries it: good for HTTP, without the device's key. */
export type AccessSecret = Brand<string, 'AccessSecret'>

const PREFIX = 'pga_'

/** @param bits 256 random bits; they are told once, and only their hash is kept. */
export function formatAccessSecret(bits: Uint8Array): AccessSecret {
  return formatSecret(PREFIX, bits) as AccessSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong. */
export function parseAccessSecret(text: string): AccessSecret | undefined {
  return looksLikeSecret(PREFIX, text) ? (text as AccessSecret) : undefined
}
