import type { PairedRow } from './pairing-rows.ts'

/** A new invitation, with what is told this once. */
export interface InviteResult {
  readonly id: string
  /** Six digits, if they were asked for. */
  readonly code?: string
  readonly codeExpiresAtMs?: number
  /** For a link or a QR code. */
  readonly secret: string
  readonly expiresAtMs: number
  readonly role: string
  readonly scopes: readonly string[]
  /** Readable key, `new`, or `*`; absent where nothing was chosen. */
  readonly session?: string
  readonly confirm: boolean
  /** The address of this gateway in link and setup code. */
  readonly gatewayUrl: string
  /** For a browser or a QR code; the secret is in its fragment. */
  readonly link: string
  /** The same for clients of OpenClaw. */
  readonly setupCode: string
}

/** A device that brought the right secret and has to be confirmed. */
export interface CandidateRow {
  readonly requestId: string
  readonly deviceId: string
  /** Six words to be compared. */
  readonly fingerprint: string
  readonly displayName?: string
  readonly platform?: string
  readonly remoteIp?: string
}

export interface InvitationRow {
  readonly id: string
  /** The first of `roles`, the operator's before the node's. */
  readonly role: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly session?: string
  readonly label?: string
  readonly createdAtMs: number
  /** As events name an actor. */
  readonly createdBy?: string
  /** Absent only of the claim that waits for the first owner. */
  readonly expiresAtMs?: number
  readonly codeExpiresAtMs?: number
  readonly state: 'open' | 'redeemed' | 'cancelled' | 'expired'
  readonly confirm: boolean
  /** Makes the first owner of a gateway that never had one. */
  readonly claim?: true
  readonly candidates: readonly CandidateRow[]
  /** Id of the device. */
  readonly redeemedBy?: string
  readonly redeemedAtMs?: number
}
export interface InvitationList {
  readonly invitations: readonly InvitationRow[]
}
export interface CancelInvitationResult {
  readonly id: string
}
export interface ConfirmResult {
  readonly id: string
  readonly requestId: string
  readonly device: PairedRow
}

/** Payload of `device.pair.invitation`. */
export interface InvitationPayload {
  readonly id: string
  readonly state: 'created' | 'candidate' | 'redeemed' | 'cancelled' | 'expired'
  readonly requestId?: string
  readonly deviceId?: string
  readonly displayName?: string
  readonly fingerprint?: string
  readonly role?: string
  readonly scopes?: readonly string[]
  /** Readable key, or `*`. */
  readonly session?: string
  readonly tokenExpiresAtMs?: number
  readonly ts: number
}
/** Payload of `device.pair.guessing`. */
export interface GuessingPayload {
  readonly wrongTries: number
  readonly ts: number
}
