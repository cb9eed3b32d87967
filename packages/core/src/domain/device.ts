import type { DeviceId, Instant, Role, Scope } from '@pairgate/protocol'

/** What a device says of itself when it connects. Shown to operators, never used to decide. */
export interface DeviceMetadata {
  readonly displayName: string | undefined
  readonly platform: string | undefined
  readonly deviceFamily: string | undefined
  readonly clientId: string | undefined
  readonly clientMode: string | undefined
}

/** By which way a device was let in. */
export type ApprovedVia = 'operator' | 'local'

/** A device that was approved at least once and not removed since. */
export interface Device extends DeviceMetadata {
  readonly id: DeviceId
  /** Raw Ed25519 key, base64url without padding. */
  readonly publicKey: string
  readonly operatorLabel: string | undefined
  /** Approved roles whose token stands. */
  readonly roles: readonly Role[]
  /** Approved baseline: no rotation may go beyond it. */
  readonly scopes: readonly Scope[]
  readonly pairedAt: Instant
  readonly approvedAt: Instant
  /** `actorRef` of whoever approved last. */
  readonly approvedBy: string
  readonly approvedVia: ApprovedVia
  readonly lastSeenAt: Instant | undefined
  readonly lastSeenIp: string | undefined
}
