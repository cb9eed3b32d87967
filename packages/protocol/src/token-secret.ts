import type { Brand } from './ids.ts'
import { formatSecret, looksLikeSecret } from './secret-look.ts'

/** A device token as the device carries it. */
export type TokenSecret = Brand<string, 'TokenSecret'>

const PREFIX = 'pgd_'

export function formatTokenSecret(bits: Uint8Array): TokenSecret {
  return formatSecret(PREFIX, bits) as TokenSecret
}

/** @returns the secret, or `undefined` when prefix, length or checksum are wrong. */
export function parseTokenSecret(text: string): TokenSecret | undefined {
  return looksLikeSecret(PREFIX, text) ? (text as TokenSecret) : undefined
}
