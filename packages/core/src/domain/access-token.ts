import {
  type DeviceId,
  type Instant,
  later,
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

/** A child of a device's token that opens less, for programs that cannot sign and for browsers. Only its hash is kept. */
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
  /** Set for the cookie of an app: where that app lies. Such a one is good there and for nothing else. */
  readonly route: string | undefined
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

/** The end of what is made out of a token: never later than the token's own. */
export function childEnd(parent: Token | undefined, now: Instant, lifetimeMs: number): Instant {
  const wanted = later(now, lifetimeMs)
  return parent?.expiresAt !== undefined && parent.expiresAt < wanted ? parent.expiresAt : wanted
}

/**
 * What an access token opens now: what it was made with, as far as its parent still holds it.
 * @param idleMs left out for what lives no hour: it was made over a connection of its parent, and no token is
 * idle sooner than that.
 * @returns `undefined` when it is over, or its parent is revoked, rotated, run out, gone or of another session.
 */
export function accessScopes(
  access: Pick<AccessToken, 'expiresAt' | 'parentId' | 'scopes' | 'sessionId'>,
  parent: Token | undefined,
  now: Instant,
  idleMs?: number | undefined,
): readonly Scope[] | undefined {
  if (now >= access.expiresAt || parent?.tokenId !== access.parentId) return undefined
  if (tokenState(parent, now, idleMs) !== 'live' || parent.sessionId !== access.sessionId) return undefined
  return narrowScopes(parent.scopes, access.scopes)
}
