import {
  coversScopes,
  type DeviceId,
  type Instant,
  type InvitationId,
  later,
  minutes,
  type RequestId,
  type Role,
  type Scope,
} from '@pairgate/protocol'
import type { DeviceMetadata } from './device.ts'

/** How long a request stays open after it was last asked for (protocol fact 15). */
export const REQUEST_LIFETIME_MS = minutes(5)

/**
 * Why the device has to ask: never paired, wants a role or scopes that it does not hold, lost its
 * token, or its token has expired.
 */
export type RequestWhy = 'not-paired' | 'role-upgrade' | 'scope-upgrade' | 'token-lost' | 'token-expired'

/** What an operator is shown under an id. None of it ever changes, so approving by id is safe. */
export interface RequestFacts {
  readonly id: RequestId
  readonly deviceId: DeviceId
  readonly publicKey: string
  readonly role: Role
  readonly scopes: readonly Scope[]
  readonly why: RequestWhy
  readonly metadata: DeviceMetadata
  readonly remoteIp: string | undefined
  /** Key under which limits count the peer that asked; not shown. */
  readonly prefix: string
  /** The invitation whose secret the device brought, if it has to be confirmed. */
  readonly invitationId: InvitationId | undefined
  /** SHA-256, hex, over all that is shown: what an operator's approval can be pinned to. */
  readonly digest: string
  readonly createdAt: Instant
}

export interface OpenRequest extends RequestFacts {
  readonly state: 'open'
  readonly refreshedAt: Instant
  readonly expiresAt: Instant
}
export interface DecidedRequest extends RequestFacts {
  readonly state: 'approved' | 'rejected' | 'superseded'
  readonly refreshedAt: Instant
  readonly expiresAt: Instant
  readonly decidedAt: Instant
  readonly decidedBy: string
  readonly supersededBy: RequestId | undefined
}
export type PairingRequest = OpenRequest | DecidedRequest

/** Expiry is not a state: it is a question asked with `now`, so no sweeper has to run on time. */
export function isOpen(request: PairingRequest, now: Instant): request is OpenRequest {
  return request.state === 'open' && now < request.expiresAt
}

/** Whether an open request already asks for all that the same device now asks for. */
export function coversAsk(request: OpenRequest, role: Role, scopes: readonly Scope[]): boolean {
  return request.role === role && coversScopes(request.scopes, scopes)
}

/** Asked again: the same request lives on, with nothing but its deadline changed, and never to an earlier one. */
export function refreshRequest(request: OpenRequest, now: Instant, until = request.expiresAt): OpenRequest {
  return { ...request, refreshedAt: now, expiresAt: requestEnds(now, until) }
}

/** When a request runs out that is asked for now. */
export function requestEnds(now: Instant, until: Instant | undefined): Instant {
  const usual = later(now, REQUEST_LIFETIME_MS)
  return until !== undefined && until > usual ? until : usual
}

/** Somebody said yes to it, or gave the device what it asks for. */
export function approveRequest(request: OpenRequest, by: string, now: Instant): DecidedRequest {
  return { ...request, state: 'approved', decidedAt: now, decidedBy: by, supersededBy: undefined }
}

/** Somebody said no to it. */
export function rejectRequest(request: OpenRequest, by: string, now: Instant): DecidedRequest {
  return { ...approveRequest(request, by, now), state: 'rejected' }
}
