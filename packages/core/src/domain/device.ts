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
export type ApprovedVia = 'operator' | 'local' | 'code' | 'link' | 'import'

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
  /** When this key first signed the gateway's origin along (text v4); from then on it is not believed without. */
  readonly originSignedAt: Instant | undefined
  readonly lastSeenAt: Instant | undefined
  readonly lastSeenIp: string | undefined
}

/** What people call a device: the operator's label, else its own name. */
export function nameOf({ operatorLabel, displayName }: Device): string | undefined {
  return operatorLabel ?? displayName
}

/** Longest description that is kept, in characters; a stranger must not fill the database with a name. */
const KEPT_LETTERS = 128

/**
 * What is kept and shown of a device's own words: cut to a length, without control characters, which
 * could dress up a terminal and which PostgreSQL cannot store. The signature covers the words as sent.
 */
export function tidyMetadata(said: DeviceMetadata): DeviceMetadata {
  return {
    displayName: tidy(said.displayName),
    platform: tidy(said.platform),
    deviceFamily: tidy(said.deviceFamily),
    clientId: tidy(said.clientId),
    clientMode: tidy(said.clientMode),
  }
}

function tidy(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const plain = text.replace(/\p{Cc}/gu, ' ').trim()
  return [...plain].slice(0, KEPT_LETTERS).join('') || undefined
}
