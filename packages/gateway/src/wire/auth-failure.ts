import type { AuthMode, Refusal, TokenFault } from '@pairgate/core'
import type { ErrorShape } from '@pairgate/protocol/wire'

/** What the text of a credential refusal depends on; programs match on the details. */
export interface AuthContext {
  readonly mode: AuthMode
  readonly clientId: string
  readonly directLoopback: boolean
}

type AuthRefusal = Extract<
  Refusal,
  {
    reason:
      | 'secret-missing'
      | 'password-mismatch'
      | 'token-mismatch'
      | 'device-token-mismatch'
      | 'bootstrap-invalid'
      | 'scope-mismatch'
      | 'rate-limited'
  }
>

/** Why a device token is not good (any more), as its own device is told. */
const FAULTS: Readonly<Record<Exclude<TokenFault, 'mismatch' | 'other-role'>, string>> = {
  revoked: 'token_revoked',
  rotated: 'token_rotated',
  removed: 'token_removed',
}

/** Refusals of a credential, with the texts and details of protocol fact 10. */
export function authFailure(refusal: AuthRefusal, context: AuthContext): ErrorShape {
  switch (refusal.reason) {
    case 'secret-missing': {
      const what = refusal.wanted
      const code = what === 'token' ? 'AUTH_TOKEN_MISSING' : 'AUTH_PASSWORD_MISSING'
      const text = `unauthorized: gateway ${what} missing (${hint(context)})`
      return unauthorized(text, { code, authReason: `${what}_missing`, next: 'update_auth_configuration' })
    }
    case 'password-mismatch':
      return unauthorized(`unauthorized: gateway password mismatch (${hint(context)})`, {
        code: 'AUTH_PASSWORD_MISMATCH',
        authReason: 'password_mismatch',
      })
    case 'token-mismatch':
      return unauthorized(`unauthorized: gateway token mismatch (${hint(context)})`, {
        code: 'AUTH_TOKEN_MISMATCH',
        authReason: faultWord(refusal.fault, 'token_mismatch'),
        mayTryDeviceToken: refusal.mayTryDeviceToken,
      })
    case 'device-token-mismatch':
      return unauthorized('unauthorized: device token mismatch (rotate/reissue device token)', {
        code: 'AUTH_DEVICE_TOKEN_MISMATCH',
        authReason: faultWord(refusal.fault, 'device_token_mismatch'),
      })
    case 'bootstrap-invalid':
      return unauthorized(
        'unauthorized: setup code invalid, expired, revoked, or already used (create a new code; review `openclaw devices list`)',
        {
          code: 'AUTH_BOOTSTRAP_TOKEN_INVALID',
          authReason: 'bootstrap_token_invalid',
          next: 'review_auth_configuration',
        },
      )
    case 'scope-mismatch':
      return unauthorized('unauthorized: device token scope mismatch (re-pair or approve scope upgrade)', {
        code: 'AUTH_SCOPE_MISMATCH',
        authReason: 'scope_mismatch',
        next: 'review_auth_configuration',
      })
    case 'rate-limited': {
      const refused = unauthorized('unauthorized: too many failed authentication attempts (retry later)', {
        code: 'AUTH_RATE_LIMITED',
        authReason: 'rate_limited',
        next: 'wait_then_retry',
      })
      return { ...refused, retryable: true, retryAfterMs: refusal.retryAfterMs }
    }
  }
}

interface AuthDetails {
  readonly code: string
  readonly authReason: string
  readonly next?: string
  readonly mayTryDeviceToken?: boolean
}

function unauthorized(
  message: string,
  { code, authReason, next, mayTryDeviceToken = false }: AuthDetails,
): ErrorShape {
  const recommendedNextStep = mayTryDeviceToken
    ? 'retry_with_device_token'
    : (next ?? 'update_auth_credentials')
  const details = { code, authReason, canRetryWithDeviceToken: mayTryDeviceToken, recommendedNextStep }
  return { code: 'INVALID_REQUEST', message, details }
}

function faultWord(fault: TokenFault, otherwise: string): string {
  return fault === 'mismatch' || fault === 'other-role' ? otherwise : FAULTS[fault]
}

function hint({ mode, clientId, directLoopback }: AuthContext): string {
  const password = mode === 'password'
  if (clientId !== 'cli') return password ? 'provide gateway auth password' : 'provide gateway auth token'
  if (directLoopback) {
    return password
      ? "use this gateway's gateway.auth.password"
      : "use this gateway's gateway.auth.token or pair the device"
  }
  const key = password ? 'password' : 'token'
  return `set gateway.remote.${key} to match gateway.auth.${key}`
}
