/** One open request as `device.pair.list` and `device.pair.requested` show it (protocol fact 13). */
export interface PendingRow {
  readonly requestId: string
  readonly deviceId: string
  readonly publicKey: string
  readonly displayName?: string
  readonly platform?: string
  readonly deviceFamily?: string
  readonly clientId?: string
  readonly clientMode?: string
  readonly role: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly remoteIp?: string
  readonly silent: false
  /** The device is paired already; this asks for more, or again. */
  readonly isRepair: boolean
  readonly ts: number
  /** Only for clients that announced `pairgate-1`. */
  readonly expiresAtMs?: number
  /** Only for clients that announced `pairgate-1`: SHA-256 of everything shown, hex. */
  readonly digest?: string
  /** Only for clients that announced `pairgate-1`: six words for the device's key. */
  readonly fingerprint?: string
  /** Only for clients that announced `pairgate-1`: the invitation that it brought, to be confirmed. */
  readonly invitationId?: string
}

/** A token as a list shows it; the secret is never among it. */
export interface TokenRow {
  readonly role: string
  readonly scopes: readonly string[]
  readonly createdAtMs: number
  readonly rotatedAtMs?: number
  readonly revokedAtMs?: number
  readonly lastUsedAtMs?: number
  /** Only for clients that announced `pairgate-1`. */
  readonly expiresAtMs?: number
  /** Only for clients that announced `pairgate-1`: when it runs out unless it is used before. */
  readonly idleExpiresAtMs?: number
  /** Only for clients that announced `pairgate-1`: the readable key of the token's session, or `*`. */
  readonly session?: string
}

/** One paired device (protocol fact 13). */
export interface PairedRow {
  readonly deviceId: string
  readonly publicKey: string
  readonly displayName?: string
  readonly operatorLabel?: string
  readonly platform?: string
  readonly deviceFamily?: string
  readonly clientId?: string
  readonly clientMode?: string
  readonly role: string
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly remoteIp?: string
  readonly approvedVia: string
  readonly createdAtMs: number
  readonly approvedAtMs: number
  readonly lastSeenAtMs?: number
  readonly lastSeenReason?: string
  readonly connected?: boolean
  readonly tokens: readonly TokenRow[]
  /** Only for clients that announced `pairgate-1`: six words for the device's key. */
  readonly fingerprint?: string
  /** Only for clients that announced `pairgate-1`: who approved it. */
  readonly approvedBy?: string
}

export interface DevicePairList {
  readonly pending: readonly PendingRow[]
  readonly paired: readonly PairedRow[]
  /**
   * Only for clients that announced `pairgate-1`, and for five minutes: when a request last had to make
   * room for another one, so that the one that an operator means may be missing.
   */
  readonly madeRoomAtMs?: number
}
export interface ApproveResult {
  readonly requestId: string
  readonly device: PairedRow
}
export interface RejectResult {
  readonly requestId: string
  readonly deviceId: string
}
export interface RemoveResult {
  readonly deviceId: string
}
export interface RenameResult {
  readonly deviceId: string
  readonly label: string
}
export interface RotateResult {
  readonly deviceId: string
  readonly role: string
  /** Only for the device itself, over its own token's connection. */
  readonly token?: string
  readonly scopes: readonly string[]
  readonly rotatedAtMs: number
  readonly tokenDelivery: 'in-band' | 'withheld-cross-device'
}
/** A scope upgrade that was filed; nothing is granted by it. */
export interface UpgradeRegistration {
  readonly requestId: string
}
/** What became of a scope upgrade. An approved one takes effect at the next connect. */
export type UpgradeResult =
  | {
      readonly status: 'approved'
      readonly requestId: string
      /** The device's token; an upgrade keeps its secret. */
      readonly deviceToken: string
      /** What the token holds now; what others imply is left out when the list would be too long. */
      readonly scopes: readonly string[]
    }
  | { readonly status: 'rejected' | 'expired'; readonly requestId: string }
export interface ExtendResult {
  readonly deviceId: string
  readonly role: string
  /** `null`: it has no deadline any more. */
  readonly expiresAtMs: number | null
}
export interface MoveResult {
  readonly deviceId: string
  readonly role: string
  /** Readable key of the session that the token opens now, or `*`. */
  readonly session: string
}
/** An access token, told once: for HTTP requests, without the device's key. */
export interface AccessResult {
  readonly accessToken: string
  readonly expiresAtMs: number
  readonly scopes: readonly string[]
  readonly audience?: string
}
export interface RevokeResult {
  readonly deviceId: string
  readonly role: string
  readonly revokedAtMs: number
  /** Devices that it had let in and that still stand; for our own clients. */
  readonly standing?: readonly ApprovedByRevoked[]
  /** Devices that were revoked along with it; for our own clients. */
  readonly taken?: readonly ApprovedByRevoked[]
}
export interface ApprovedByRevoked {
  readonly deviceId: string
  readonly displayName?: string
}
