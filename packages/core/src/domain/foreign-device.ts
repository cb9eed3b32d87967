import type { DeviceId, Instant, Role, Scope, TokenHash } from '@pairgate/protocol'
import type { DeviceMetadata } from './device.ts'
import { type Grant, grantToken, type NewSecret, revokeToken } from './grant.ts'
import type { Token } from './token.ts'

/** A device that another gateway let in, as it was read from there: its id is the hash of its key. */
export interface ForeignDevice {
  readonly id: DeviceId
  /** Raw Ed25519 key, base64url without padding. */
  readonly publicKey: string
  readonly metadata: DeviceMetadata
  readonly label: string | undefined
  /** What an operator had approved there; its tokens hold no more. */
  readonly scopes: readonly Scope[]
  readonly pairedAt: Instant
  readonly lastSeenAt: Instant | undefined
  readonly lastSeenIp: string | undefined
  readonly grants: readonly ForeignGrant[]
}

/** What a device holds, or held, for one role. */
export type ForeignGrant =
  | {
      readonly state: 'live'
      readonly role: Role
      readonly scopes: readonly Scope[]
      readonly secretHash: TokenHash
    }
  | { readonly state: 'revoked'; readonly role: Role; readonly revokedAt: Instant }

/** What becomes of one grant; everything but `new` changes nothing here. */
export type ImportVerdict =
  | 'new'
  /** The device has a token for the role, imported or not: what was decided since stands. */
  | 'here'
  | 'revoked-here'
  | 'removed-here'
  /** The secret is another device's. */
  | 'secret-taken'

/** Whoever revoked it did so elsewhere, under a name that means nothing here. */
const REVOKED_THERE = 'import'

/**
 * The token of an imported grant. What its device holds takes the place of the secret before a rotation: it
 * is good for fetching ours until that is first used. One that was revoked has no secret at all.
 */
export function importToken(foreign: ForeignGrant, grant: Grant, fresh: NewSecret): Token {
  const token = grantToken(undefined, grant, fresh)
  return foreign.state === 'live'
    ? { ...token, previousHash: foreign.secretHash }
    : revokeToken(token, REVOKED_THERE, foreign.revokedAt)
}
