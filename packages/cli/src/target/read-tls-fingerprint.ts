import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parseTlsPin, type TlsPin } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'

/** @throws CommandError when the text is no SHA-256, however it is spelled. */
export function readTlsFingerprint(text: string): TlsPin {
  const pin = parseTlsPin(text.trim())
  if (pin) return pin
  throw new CommandError('Invalid --tls-fingerprint. Use the SHA-256 of the certificate: 64 hex digits.', {
    next: ['Read it on the host of the gateway: openclaw gateway status'],
  })
}

/** The fingerprint of the certificate in a file; `undefined` when there is none, as before the first start. */
export async function fingerprintOfFile(path: string): Promise<TlsPin | undefined> {
  try {
    return parseTlsPin(new X509Certificate(await readFile(path)).fingerprint256)
  } catch {
    return undefined
  }
}
