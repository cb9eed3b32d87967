import { type DeviceId, fingerprintWords } from '@pairgate/protocol'
import { type BackoffOptions, createBackoff } from './backoff.ts'
import { ClientError, hasCode } from './client-error.ts'
import { connectAsDevice } from './connect-as-device.ts'
import type { Connection, DeviceTarget } from './connection.ts'
import { readCount } from './received-frame.ts'
import { pause } from './timer.ts'
import { withStoredPin } from './tls-pin-of.ts'

/** A request that an operator has to decide. */
export interface PendingPairing {
  readonly requestId: string
  /** Six words for this device's key, made here and not taken from the gateway. */
  readonly fingerprint: string
  /** Milliseconds since the epoch, on the gateway's clock. Asking again moves it on. */
  readonly expiresAtMs?: number
  /** `not-paired`, `role-upgrade`, `scope-upgrade` (protocol fact 10). */
  readonly reason: string
  /** Why a device that was let in before asks again: `token_expired` or `token_lost`. */
  readonly authReason?: string
}

export interface PairTarget extends DeviceTarget {
  /** Whether to stay until an operator has decided; `signal` ends the waiting. */
  readonly wait: boolean
  /** A gateway on its way out of mode `none` lets in who is not paired; whether that will do. */
  readonly acceptsUnpaired?: boolean
  /** Told once, when the request stands. */
  readonly onPending?: (pending: PendingPairing) => void
  /** Told each time before it waits to ask again, and why: nobody has decided yet, or what keeps it from asking. */
  readonly onRetry?: (error: ClientError) => void
  /** How often to ask whether it is decided: 1 s growing to 5 s when left out. */
  readonly poll?: BackoffOptions
}

export interface Paired {
  readonly connection: Connection
  readonly deviceId: DeviceId
  readonly role: string
  /** All scopes of the token, which may be fewer than were asked for. */
  readonly scopes: readonly string[]
  /** Readable key of the token's session, or `*`. */
  readonly session?: string
  readonly expiresAtMs?: number
}

/**
 * Gets this device in: redeems the invitation if there is one; else connects if it is paired already, or
 * files a request. With `wait` it comes back until an operator has approved what has to be approved.
 * @throws ClientError `PAIRING_REQUIRED` without `wait`; `REQUEST_REJECTED` when the request was rejected or
 * has expired; any other of `connectAsDevice`. While waiting, failures that may pass are waited out.
 */
export async function pairDevice(target: PairTarget): Promise<Paired> {
  const backoff = createBackoff({ firstMs: 1_000, maxMs: 5_000, ...target.poll })
  let waitingFor: string | undefined
  let attempt = await withStoredPin(target)
  for (;;) {
    try {
      return describePaired(target, await withPairing(target, await connectOrAskAgain(attempt)))
    } catch (error) {
      if (!(error instanceof ClientError) || !target.wait) throw error
      if (error.code === 'PAIRING_REQUIRED') waitingFor = keepRequest(target, error, waitingFor)
      // The code has run out meanwhile. The request that it filed stands, and the key alone fetches the answer.
      else if (waitingFor !== undefined && isInvitationOver(attempt, error))
        attempt = { ...attempt, invitation: undefined }
      else if (waitingFor === undefined || !error.shouldRetry()) throw error
      target.onRetry?.(error)
      await pause(backoff.next(error.retryAfterMs), target.signal)
    }
  }
}

function isInvitationOver({ invitation }: PairTarget, { code }: ClientError): boolean {
  return invitation !== undefined && code === 'AUTH_BOOTSTRAP_TOKEN_INVALID'
}

/** After a revoke the stored token is forgotten on the way, and only then can the key alone ask again. */
async function connectOrAskAgain(target: PairTarget): Promise<Connection> {
  try {
    return await connectAsDevice(target)
  } catch (error) {
    if (!hasCode(error, 'AUTH_DEVICE_TOKEN_MISMATCH')) throw error
    return connectAsDevice(target)
  }
}

/** Where pairing is what was asked for, to be let in without it is to have a request that waits. */
async function withPairing(target: PairTarget, connection: Connection): Promise<Connection> {
  const { unpaired } = connection.hello.auth
  if (!unpaired || target.acceptsUnpaired) return connection
  await connection.close()
  const { requestId } = unpaired
  const details = { code: 'PAIRING_REQUIRED', reason: 'not-paired', ...(requestId && { requestId }) }
  throw new ClientError('PAIRING_REQUIRED', 'pairing required: device is not approved yet', { details })
}

/** Remembers the first request. Another one means that the first is over; coming back would file yet another. */
function keepRequest(target: PairTarget, error: ClientError, waitingFor: string | undefined): string {
  const { requestId, details } = error
  if (requestId === undefined) throw error
  if (waitingFor === requestId) return requestId
  if (waitingFor !== undefined) {
    const message = `Pairing request ${waitingFor} was rejected or has expired. A new request ${requestId} is open now.`
    throw new ClientError('REQUEST_REJECTED', message, {
      details: { ...details, code: 'REQUEST_REJECTED', formerRequestId: waitingFor },
      cause: error,
    })
  }
  const { reason, authReason } = details
  const expiresAtMs = readCount(details['expiresAtMs'])
  target.onPending?.({
    requestId,
    fingerprint: fingerprintWords(target.key.deviceId),
    reason: typeof reason === 'string' ? reason : 'not-paired',
    ...(typeof authReason === 'string' && { authReason }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  })
  return requestId
}

function describePaired({ key }: PairTarget, connection: Connection): Paired {
  const { role, scopes, tokenScopes, session, expiresAtMs } = connection.hello.auth
  return {
    connection,
    deviceId: key.deviceId,
    role,
    scopes: tokenScopes ?? scopes,
    ...(session !== undefined && { session }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}
