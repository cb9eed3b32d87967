/** One client that was let in without a pairing. */
export interface GuestEntry {
  /** Absent for a client without a key, which cannot be paired. */
  readonly deviceId?: string
  /** Six words for its key. */
  readonly fingerprint?: string
  readonly displayName?: string
  readonly platform?: string
  readonly clientId?: string
  readonly clientMode?: string
  readonly remoteIp?: string
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  readonly connects: number
  readonly connected: boolean
  readonly roles: readonly string[]
  /** What it asked for the last time. */
  readonly scopes: readonly string[]
  /** What it called, and how often. */
  readonly methods: Readonly<Record<string, number>>
  readonly state: 'paired' | 'approved' | 'narrowed' | 'waiting' | 'unknown' | 'no-identity' | 'turned-away'
  /** Whether it would be kept out if mode `none` ended now, and nobody has said that it shall be. */
  readonly wouldBeLockedOut: boolean
  /** The request that waits for an operator. */
  readonly requestId?: string
}

/** Result of `migrate.status`: how far the gateway is on its way out of mode `none`. */
export interface MigrateStatus {
  /** Of the gateway, now. */
  readonly nowMs: number
  /** In effect: `pairing` once mode `none` has ended. */
  readonly authMode: string
  /** `null` where the settings name another mode. */
  readonly stage: 'open' | 'observe' | 'warn' | 'enforce' | null
  /** `null` while nobody has set them. */
  readonly dates: {
    readonly observeAtMs: number
    readonly warnAtMs: number
    readonly enforceAtMs: number
  } | null
  readonly pairedDevices: number
  readonly wouldBeLockedOut: number
  /** The latest first. */
  readonly guests: readonly GuestEntry[]
  /** Visits for which there was no room in this list since the gateway was started. */
  readonly unlisted: number
}
