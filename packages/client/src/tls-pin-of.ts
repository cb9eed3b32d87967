import { parseTlsPin, type TlsPin } from '@pairgate/protocol'
import { ClientError } from './client-error.ts'
import type { ConnectTarget, DeviceTarget } from './connection.ts'
import { parseGatewayAddress } from './gateway-address.ts'

export type PinnedAddress = Pick<ConnectTarget, 'url' | 'tlsFingerprint'>

/**
 * The pin that the caller names.
 * @throws ClientError `INVALID_FINGERPRINT` when it is none, or nothing at the address could be held against it.
 */
export function tlsPinOf({ url, tlsFingerprint }: PinnedAddress): TlsPin | undefined {
  if (tlsFingerprint === undefined) return undefined
  const pin = parseTlsPin(tlsFingerprint)
  if (!pin) throw new ClientError('INVALID_FINGERPRINT', 'The TLS fingerprint must be a SHA-256 in hex.')
  if (url.startsWith('wss:')) return pin
  throw new ClientError('INVALID_FINGERPRINT', 'A TLS fingerprint needs a wss:// address.')
}

/** The target with the pin that lies beside its stored token, unless it names one. */
export async function withStoredPin<T extends DeviceTarget>(target: T): Promise<T> {
  if (target.tlsFingerprint !== undefined) return target
  const { origin } = parseGatewayAddress(target.url)
  const stored = await target.tokens.load(origin, target.key.deviceId, target.role ?? 'operator')
  return stored?.tlsFingerprint === undefined ? target : { ...target, tlsFingerprint: stored.tlsFingerprint }
}
