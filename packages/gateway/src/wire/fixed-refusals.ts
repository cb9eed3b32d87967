import type { Refusal } from '@pairgate/core'
import type { DetailCode, ErrorShape } from '@pairgate/protocol/wire'

const invalid = (message: string): ErrorShape => ({ code: 'INVALID_REQUEST', message })
const coded = (message: string, code: DetailCode): ErrorShape => ({
  code: 'INVALID_REQUEST',
  message,
  details: { code },
})
const proof = (message: string, code: DetailCode, reason: string): ErrorShape => ({
  code: 'INVALID_REQUEST',
  message,
  details: { code, reason },
})
const identityRequired: ErrorShape = {
  code: 'NOT_PAIRED',
  message: 'device identity required',
  details: { code: 'DEVICE_IDENTITY_REQUIRED' },
}

/** Refusals that are told in the same words every time. OpenClaw's CLI reads the text of `approval-denied`. */
export const FIXED_REFUSALS = {
  'role-invalid': invalid('invalid role'),
  'device-id-mismatch': proof(
    'device identity mismatch',
    'DEVICE_AUTH_DEVICE_ID_MISMATCH',
    'device-id-mismatch',
  ),
  'signature-expired': proof(
    'device signature expired',
    'DEVICE_AUTH_SIGNATURE_EXPIRED',
    'device-signature-stale',
  ),
  'nonce-missing': proof('device nonce required', 'DEVICE_AUTH_NONCE_REQUIRED', 'device-nonce-missing'),
  'nonce-mismatch': proof('device nonce mismatch', 'DEVICE_AUTH_NONCE_MISMATCH', 'device-nonce-mismatch'),
  'signature-invalid': proof('device signature invalid', 'DEVICE_AUTH_SIGNATURE_INVALID', 'device-signature'),
  // In the same words: somebody in between learns nothing of what the key did before.
  'origin-not-signed': proof('device signature invalid', 'DEVICE_AUTH_SIGNATURE_INVALID', 'device-signature'),
  'device-identity-required': identityRequired,
  'owner-proof-invalid': identityRequired,
  'too-many-pending': {
    code: 'UNAVAILABLE',
    message: 'too many pairing requests are open; retry later',
    details: { code: 'TOO_MANY_PENDING' },
    retryable: true,
    retryAfterMs: 30_000,
  },
  'gateway-busy': {
    code: 'UNAVAILABLE',
    message: 'gateway is busy; retry shortly',
    retryable: true,
    retryAfterMs: 500,
  },
  'database-away': {
    code: 'UNAVAILABLE',
    message: 'gateway is unavailable; retry later',
    retryable: true,
    retryAfterMs: 2_000,
  },
  'digest-mismatch': {
    code: 'INVALID_REQUEST',
    message: 'the request is not what was shown; list again, then approve',
    details: { code: 'DIGEST_MISMATCH' },
  },
  'approval-denied': invalid('device pairing approval denied'),
  'rejection-denied': invalid('device pairing rejection denied'),
  'removal-denied': invalid('device pairing removal denied'),
  'rename-denied': invalid('device pairing rename denied'),
  'rotation-denied': invalid('device token rotation denied'),
  'revocation-denied': invalid('device token revocation denied'),
  'extension-denied': invalid('device token extension denied'),
  'extension-of-own': invalid(
    'a device cannot extend its own token; another operator or the gateway host has to',
  ),
  'move-denied': invalid('device token move denied'),
  'access-needs-device': {
    code: 'INVALID_REQUEST',
    message: 'an access token is made for a paired device; connect with its key, then retry',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  'audience-invalid': invalid('audience must be an origin, such as https://app.example'),
  'too-many-access-tokens': {
    code: 'UNAVAILABLE',
    message: 'the device holds too many access tokens; use one until it runs out',
    details: { code: 'TOO_MANY_ACCESS_TOKENS' },
    retryable: true,
    retryAfterMs: 60_000,
  },
  'ticket-needs-device': {
    code: 'INVALID_REQUEST',
    message: 'a browser enters an app as a paired device; connect with its key, then retry',
    details: { code: 'DEVICE_IDENTITY_REQUIRED' },
  },
  'app-unknown': coded(
    'nothing behind this gateway has led here from that address; open the app again',
    'APP_UNKNOWN',
  ),
  'too-many-tickets': {
    code: 'UNAVAILABLE',
    message: 'too many apps are being opened at once; retry shortly',
    details: { code: 'TOO_MANY_TICKETS' },
    retryable: true,
    retryAfterMs: 5_000,
  },
  'ticket-invalid': invalid('the ticket is not valid here (any more)'),
  'upgrade-needs-device': {
    code: 'INVALID_REQUEST',
    message: 'device scope upgrade requires a paired device; connect with its key, then retry',
    details: { code: 'DEVICE_IDENTITY_REQUIRED', recommendedNextStep: 'reopen_control_ui_securely' },
  },
  'upgrade-scope-unknown': invalid('requested scopes contain an unknown operator scope'),
  'upgrade-narrower': invalid("requested scopes must include the connection's current scopes"),
  'upgrade-not-needed': invalid(
    'the device token already holds the requested scopes; connect again and ask for them',
  ),
  'upgrade-unknown': invalid('scope upgrade expired or not found'),
  'device-unknown': invalid('unknown deviceId'),
  'choice-missing': invalid('deviceId or before required'),
  'bound-missing': invalid('before or beforeSeq required'),
  'label-blank': invalid('label required'),
  'invitation-unknown': coded('unknown invitation', 'INVITATION_UNKNOWN'),
  'invitation-denied': invalid('invitation denied'),
  'too-many-codes': coded('three codes are active; cancel one or wait until one is over', 'TOO_MANY_CODES'),
  'too-many-invitations': coded('too many invitations are open; cancel some', 'TOO_MANY_INVITATIONS'),
  'candidate-missing': coded('no such device waits for this invitation', 'CANDIDATE_MISSING'),
  'candidates-several': coded(
    'several devices wait for this invitation; compare the words and name one by requestId',
    'CANDIDATES_SEVERAL',
  ),
  'claim-over': coded('the gateway has, or has had, an owner; invite a device instead', 'CLAIM_OVER'),
  'cursor-invalid': coded(
    'the cursor is none of this sort and order; begin again without one',
    'CURSOR_INVALID',
  ),
  'session-unknown': invalid('unknown session'),
  'session-not-allowed': invalid('only an admin token may open every session'),
  'session-key-invalid': invalid(
    'invalid session key: use a-z, 0-9, ":", "_" and "-", at most 64, and no reserved name',
  ),
  'session-exists': {
    code: 'INVALID_REQUEST',
    message: 'a session has this key already',
    details: { code: 'SESSION_EXISTS' },
  },
  'change-missing': invalid('newKey or label required'),
  'message-unreadable': invalid('a message is well-formed text without NUL'),
  'message-too-big': {
    code: 'INVALID_REQUEST',
    message: 'the message is too big',
    details: { code: 'MESSAGE_TOO_BIG' },
  },
  'idempotency-conflict': {
    code: 'INVALID_REQUEST',
    message: 'another message was sent under this idempotencyKey',
    details: { code: 'IDEMPOTENCY_CONFLICT' },
  },
  'session-bound': {
    code: 'FORBIDDEN',
    message: 'the token opens one session, and this is about all of them',
    details: { code: 'SESSION_BOUND' },
  },
  'last-admin': {
    code: 'FORBIDDEN',
    message: 'no other admin would be left; use the gateway host for this',
    details: { code: 'LAST_ADMIN' },
  },
  'actor-gone': { code: 'FORBIDDEN', message: 'the grant behind this connection has ended; connect again' },
} as const satisfies { readonly [R in Refusal['reason']]?: ErrorShape }

export type FixedRefusal = Extract<Refusal, { reason: keyof typeof FIXED_REFUSALS }>

export function isFixed(refusal: Refusal): refusal is FixedRefusal {
  return Object.hasOwn(FIXED_REFUSALS, refusal.reason)
}
