import type { Refusal, RequestWhy } from '@pairgate/core'
import { fingerprintWords } from '@pairgate/protocol'
import type { ErrorShape } from '@pairgate/protocol/wire'

interface WhyRow {
  /** One of the four reasons that OpenClaw's clients know. */
  readonly reason: 'not-paired' | 'role-upgrade' | 'scope-upgrade'
  readonly text: string
  readonly hint: string
  readonly authReason?: string
}

const APPROVE_DEVICE = 'Approve this device from the pending pairing requests.'

/** Each reason to ask, in OpenClaw's words where it has some (protocol fact 10). */
const WHY: Readonly<Record<RequestWhy, WhyRow>> = {
  'not-paired': { reason: 'not-paired', text: 'device is not approved yet', hint: APPROVE_DEVICE },
  'role-upgrade': {
    reason: 'role-upgrade',
    text: 'device is asking for a higher role than currently approved',
    hint: 'Review the requested role upgrade, then approve the pending request.',
  },
  'scope-upgrade': {
    reason: 'scope-upgrade',
    text: 'device is asking for more scopes than currently approved',
    hint: 'Review the requested scopes, then approve the pending upgrade.',
  },
  'token-lost': {
    reason: 'not-paired',
    text: 'device has lost its token and asks for it again',
    hint: APPROVE_DEVICE,
    authReason: 'token_lost',
  },
  'token-expired': {
    reason: 'not-paired',
    text: 'device token has expired and asks to be renewed',
    hint: APPROVE_DEVICE,
    authReason: 'token_expired',
  },
}

/** Somebody is asked right now, so it is worth waiting (protocol fact 10, footnote 3). */
const WAIT = { recommendedNextStep: 'wait_then_retry', retryable: true, pauseReconnect: false }

/** How soon a device that waits may ask again, in milliseconds. */
const ASK_AGAIN_MS = 1_000

/** The refusal that sends a device to an operator. `extended` adds what only our own clients know. */
export function pairingRequired(
  { request, device, waits }: Extract<Refusal, { reason: 'pairing-required' }>,
  extended: boolean,
): ErrorShape {
  const { reason, text, hint, authReason } = WHY[request.why]
  return {
    code: 'NOT_PAIRED',
    message: `pairing required: ${text}`,
    details: {
      code: 'PAIRING_REQUIRED',
      reason,
      requestId: request.id,
      remediationHint: hint,
      ...(waits && WAIT),
      deviceId: request.deviceId,
      requestedRole: request.role,
      ...(request.scopes.length > 0 && { requestedScopes: request.scopes }),
      ...(device && { approvedRoles: device.roles, approvedScopes: device.scopes }),
      ...(extended && {
        ...(authReason && { authReason }),
        expiresAtMs: request.expiresAt,
        fingerprint: fingerprintWords(request.deviceId),
        retryAfterMs: ASK_AGAIN_MS,
      }),
    },
  }
}
