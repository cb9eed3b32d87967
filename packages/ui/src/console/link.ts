import { ClientError, connectGateway, type GatewaySession } from '@pairgate/client'
import { SCOPES } from '@pairgate/protocol'
import type { BrowserDevice } from '../gateway/browser-device.ts'
import type { Out } from './out.ts'

type Connection = Extract<GatewaySession['state'], { kind: 'open' }>['connection']
export type Hello = Connection['hello']

export type LinkState =
  | { readonly kind: 'starting' }
  /** It was never in. */
  | { readonly kind: 'unpaired' }
  | { readonly kind: 'open'; readonly hello: Hello; readonly skewMs: number }
  /** The gateway is away or has just closed; the next attempt comes by itself. */
  | { readonly kind: 'away' }
  | { readonly kind: 'out'; readonly out: Out; readonly detail: string }

export interface LinkDeps {
  readonly device: BrowserDevice
  readonly now: () => number
  readonly enter: (state: LinkState) => void
}

/** Who was put out reads it within a second, so the first look comes soon. */
const RETRY = { firstMs: 200, maxMs: 8_000 }

/** Keeps this browser connected, with all that its token holds. */
export function openLink({ device, now, enter }: LinkDeps): GatewaySession {
  const session = connectGateway({ ...device.target, scopes: SCOPES, retry: RETRY })
  session.onState((state) => {
    if (state.kind === 'open') {
      const { hello } = state.connection
      enter({ kind: 'open', hello, skewMs: hello.snapshot.health.ts - now() })
    } else if (state.kind === 'paused') enter({ kind: 'away' })
    else if (state.kind === 'closed' && state.error !== undefined) enter(outOf(state.error))
  })
  return session
}

const BY_AUTH_REASON: Readonly<Record<string, Out>> = {
  token_revoked: 'revoked',
  token_removed: 'removed',
  token_rotated: 'replaced',
}

/** What an error tells that no further attempt would cure. */
export function outOf(error: unknown): Extract<LinkState, { kind: 'out' }> {
  if (!(error instanceof ClientError)) return { kind: 'out', out: 'unknown', detail: String(error) }
  return { kind: 'out', out: wordOf(error), detail: `${error.code}: ${error.message}` }
}

const BY_CODE: Readonly<Record<string, Out>> = {
  BROWSER_STORAGE: 'storage',
  DEVICE_AUTH_SIGNATURE_EXPIRED: 'clock',
  DEVICE_AUTH_SIGNATURE_INVALID: 'origin',
  CONTROL_UI_ORIGIN_NOT_ALLOWED: 'origin',
}

function wordOf({ code, details }: ClientError): Out {
  if (code === 'PAIRING_REQUIRED') return details['authReason'] === 'token_expired' ? 'expired' : 'lost'
  if (code === 'AUTH_DEVICE_TOKEN_MISMATCH') return BY_AUTH_REASON[String(details['authReason'])] ?? 'lost'
  return BY_CODE[code] ?? 'unknown'
}
