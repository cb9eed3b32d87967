import type { Brand } from './ids.ts'

/** SHA-256 of a certificate in its DER form, in lower-case hex. */
export type TlsPin = Brand<string, 'TlsPin'>

/** Reads a fingerprint as tools print it: upper or lower case, with colons, with `sha256:` in front. */
export function parseTlsPin(text: string): TlsPin | undefined {
  if (text.length > 128) return undefined
  const hex = text
    .toLowerCase()
    .replace(/^sha-?256[:=]/, '')
    .replaceAll(':', '')
  return /^[0-9a-f]{64}$/.test(hex) ? (hex as TlsPin) : undefined
}
