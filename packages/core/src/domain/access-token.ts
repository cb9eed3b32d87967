import {
  type DeviceId,
  type Instant,
  minutes,
  narrowScopes,
  type Role,
  type Scope,
  type SessionId,
  type TokenHash,
  type TokenId,
  type WebOrigin,
} from '@pairgate/protocol'
import { type Token, tokenState } from './token.ts'

/** A short-lived child of a device's token, for programs that cannot sign. Only its hash is kept. */
export interface AccessToken {
  readonly hash: TokenHash
  readonly deviceId: DeviceId
  readonly role: Role
  /** The token that it came from; another secret of that token is another parent. */
  readonly parentId: TokenId
  readonly sessionId: SessionId
  readonly scopes: readonly Scope[]
  /** The one app that it is good for; left out, any. */
  readonly audience: WebOrigin | undefined
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

export const ACCESS_LIFETIME_MS = minutes(5)

/** What a thief of a token that needs no key must never get: they make and admit devices. */
const NEVER: readonly Scope[] = ['operator.admin', 'operator.pairing']

/** Those that an access token may hold at all. */
export function withoutMighty(scopes: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => !NEVER.includes(scope))
}

/**
 * What an access token opens now: what it was made with, as far as its parent still holds it.
 * @returns `undefined` when it is over, or its parent is revoked, rotated, run out, gone or of another session.
 */
export function accessScopes(
  access: AccessToken,
  parent: Token | undefined,
  now: Instant,
): readonly Scope[] | undefined {
  if (now >= access.expiresAt || parent?.tokenId !== access.parentId) return undefined
  // It was made over a connection of its parent less than an hour ago, and no token is idle sooner than that.
  if (tokenState(parent, now, undefined) !== 'live' || parent.sessionId !== access.sessionId) return undefined
  return narrowScopes(parent.scopes, access.scopes)
}
