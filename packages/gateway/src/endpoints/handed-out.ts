import { formatPairLink, formatSetupCode, type InvitationSecret } from '@pairgate/protocol'
import type { Endpoint } from './choose-endpoints.ts'

/** An invitation in the forms in which it is handed out. */
export interface HandedOut {
  readonly link: string
  readonly setupCode: string
  /** The address in both. */
  readonly gatewayUrl: string
}

/** The link holds one address, so that its QR code stays small; the setup code holds all of them. */
export function handedOut(
  [first, ...others]: readonly Endpoint[],
  secret: InvitationSecret,
  expiresAtMs: number,
): HandedOut {
  const url = first?.url ?? ''
  const pin = first?.tlsPin && { tlsFingerprint: first.tlsPin }
  const urls = others.length > 0 ? { urls: [url, ...others.map((other) => other.url)] } : {}
  return {
    link: formatPairLink({ url, secret, ...pin }),
    setupCode: formatSetupCode({ url, ...urls, bootstrapToken: secret, expiresAtMs, ...pin }),
    gatewayUrl: url,
  }
}
