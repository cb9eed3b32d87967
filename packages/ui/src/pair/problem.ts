import { ClientError } from '@pairgate/client'
import type { Way } from './pair-state.ts'

/** Everything that can go wrong; the catalogue has a title and an advice for each. */
export const PROBLEMS = [
  'code-malformed',
  'code-wrong',
  'link-broken',
  'link-elsewhere',
  'link-over',
  'rejected',
  'expired',
  'code-over',
  'rate-limited',
  'busy',
  'clock',
  'revoked',
  'removed',
  'replaced',
  'key-lost',
  'token-lost',
  'origin',
  'secret-needed',
  'secret-wrong',
  'app-unknown',
  'protocol',
  'storage',
  'unsupported',
  'unknown',
] as const

export type ProblemKind = (typeof PROBLEMS)[number]

export interface Problem {
  readonly kind: ProblemKind
  /** Before that, by this clock, another try is refused. */
  readonly retryAt?: number
  /** What the gateway wants of everybody who asks. */
  readonly wanted?: { readonly kind: 'token' | 'password' }
  /** What was asked for in vain, so that nobody has to choose it again. */
  readonly asked?: readonly string[]
  /** What the gateway or the browser called it. */
  readonly detail?: string
}

const BY_CODE: Readonly<Record<string, ProblemKind>> = {
  AUTH_RATE_LIMITED: 'rate-limited',
  TOO_MANY_PENDING: 'busy',
  DEVICE_AUTH_SIGNATURE_EXPIRED: 'clock',
  CONTROL_UI_ORIGIN_NOT_ALLOWED: 'origin',
  DEVICE_AUTH_SIGNATURE_INVALID: 'origin',
  AUTH_TOKEN_MISSING: 'secret-needed',
  AUTH_PASSWORD_MISSING: 'secret-needed',
  AUTH_TOKEN_MISMATCH: 'secret-wrong',
  AUTH_PASSWORD_MISMATCH: 'secret-wrong',
  PROTOCOL: 'protocol',
  PROTOCOL_MISMATCH: 'protocol',
  APP_UNKNOWN: 'app-unknown',
  BROWSER_STORAGE: 'storage',
}

const BY_AUTH_REASON: Readonly<Record<string, ProblemKind>> = {
  token_revoked: 'revoked',
  token_removed: 'removed',
  token_rotated: 'replaced',
}

/** What to tell a person of a failure on one of the ways in. */
export function problemOf(
  error: unknown,
  { way, scopes = [] }: { readonly way: Way; readonly scopes?: readonly string[] },
  now: number,
): Problem {
  if (!(error instanceof ClientError)) return { kind: 'unknown', detail: String(error) }
  const { code, details, retryAfterMs, message } = error
  const kind = kindOf(code, way, details['authReason'])
  return {
    kind,
    ...(retryAfterMs !== undefined && { retryAt: now + retryAfterMs }),
    ...(kind.startsWith('secret-') && {
      wanted: { kind: code.includes('PASSWORD') ? 'password' : 'token' },
    }),
    ...(way === 'ask' && { asked: scopes }),
    ...((kind === 'unknown' || kind === 'protocol') && { detail: `${code}: ${message}` }),
  }
}

function kindOf(code: string, way: Way, authReason: unknown): ProblemKind {
  if (code === 'AUTH_BOOTSTRAP_TOKEN_INVALID') return way === 'code' ? 'code-wrong' : 'link-over'
  if (code === 'AUTH_DEVICE_TOKEN_MISMATCH') return BY_AUTH_REASON[String(authReason)] ?? 'token-lost'
  if (code === 'REQUEST_REJECTED') return way === 'code' || way === 'link' ? 'code-over' : 'rejected'
  return BY_CODE[code] ?? 'unknown'
}
