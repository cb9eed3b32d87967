import type { Refusal, RequestFate } from '@pairgate/core'
import type { DetailCode, ErrorShape } from '@pairgate/protocol/wire'
import { type AuthContext, authFailure } from './auth-failure.ts'
import { endpointRefusal } from './endpoint-refusal.ts'
import { FIXED_REFUSALS, isFixed } from './fixed-refusals.ts'
import { pairingRequired } from './pairing-required.ts'

/** What a peer is told depends on who it is: our own clients know more fields. */
export interface WireContext extends AuthContext {
  readonly extended: boolean
}

/** Every refusal in the words of the wire. Forgetting one is a compile error. */
export function refusalToWire(refusal: Refusal, context: WireContext): ErrorShape {
  if (isFixed(refusal)) return FIXED_REFUSALS[refusal.reason]
  switch (refusal.reason) {
    case 'secret-missing':
    case 'password-mismatch':
    case 'token-mismatch':
    case 'device-token-mismatch':
    case 'bootstrap-invalid':
    case 'scope-mismatch':
    case 'rate-limited':
      return authFailure(refusal, context)
    case 'pairing-required':
      return pairingRequired(refusal, context.extended)
    case 'request-unknown':
      return unknownRequest(refusal.fate)
    case 'invitation-over': {
      const { state } = refusal
      return { ...invalid(`the invitation is over: ${state}`), details: { code: 'INVITATION_OVER', state } }
    }
    case 'scope-unknown':
    case 'scope-not-for-role':
      return invalid(`invalid scope for requested roles: ${refusal.scope}`)
    case 'scope-not-for-access':
      return invalid(`an access token never holds this scope: ${refusal.scope}`)
    case 'scope-not-asked':
      return invalid(`scope was not requested: ${refusal.scope}`)
    case 'default-session-missing':
      return missingDefaultSession(refusal.key)
    case 'ceiling':
      return invalid(`missing scope: ${refusal.missing}`)
    case 'scope-missing': {
      const { scope } = refusal
      const details = { code: 'MISSING_SCOPE', missingScope: scope, requiredScopes: [scope] }
      return { code: 'FORBIDDEN', message: `missing scope: ${scope}`, details }
    }
    case 'role-unauthorized':
      return invalid(`unauthorized role: ${refusal.role}`)
    case 'method-unknown':
      return invalid(`unknown method: ${refusal.method}`)
    case 'endpoint-unfit':
      return endpointRefusal(refusal.fault, refusal.source)
    case 'session-in-use': {
      const { tokens } = refusal
      const message = `live tokens open the session: ${tokens}; revoke them with it, or give them another one`
      return { ...invalid(message), details: { code: 'SESSION_IN_USE', tokens } }
    }
    case 'log-faulty':
      return invalid(`the event log does not verify: event ${refusal.seq} (${refusal.fault})`)
    case 'too-many-requests': {
      const { retryAfterMs } = refusal
      const message = 'too many requests on this connection; slow down'
      const details = { code: 'TOO_MANY_REQUESTS' }
      return { code: 'UNAVAILABLE', message, details, retryable: true, retryAfterMs }
    }
  }
}

const invalid = (message: string): ErrorShape => ({ code: 'INVALID_REQUEST', message })

function missingDefaultSession(key: string): ErrorShape {
  const what = 'gateway.pairing.defaultSession names a session that there is not'
  return invalid(`${what}: ${key}; make it, or name one`)
}

const FATES: Readonly<Record<Exclude<RequestFate['kind'], 'unknown'>, DetailCode>> = {
  expired: 'REQUEST_EXPIRED',
  decided: 'REQUEST_DECIDED',
  superseded: 'REQUEST_SUPERSEDED',
}

/** OpenClaw's CLI reads this very text; what became of the request is in the details. */
function unknownRequest(fate: RequestFate): ErrorShape {
  if (fate.kind === 'unknown') return invalid('unknown requestId')
  const supersededBy = fate.kind === 'superseded' ? fate.by : undefined
  const details = { code: FATES[fate.kind], ...(supersededBy && { supersededBy }) }
  return { ...invalid('unknown requestId'), details }
}
