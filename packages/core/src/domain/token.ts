import {
  coversScopes,
  type DeviceId,
  EVERY_SESSION,
  type Instant,
  later,
  type Role,
  type Scope,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import type { EventState } from './event-details.ts'

/** The one token of a device and role. Its secret is derived from `tokenId`, never stored. */
export interface Token {
  readonly deviceId: DeviceId
  readonly role: Role
  readonly tokenId: TokenId
  readonly tokenHash: TokenHash
  /** Which derivation key the secret comes from. */
  readonly keyId: string
  /** When the device first proved this very secret; until then the key alone fetches it. */
  readonly presentedAt: Instant | undefined
  /** When a hello first told the device this very secret. It may hold it since, proved or not. */
  readonly deliveredAt: Instant | undefined
  readonly previousTokenId: TokenId | undefined
  /** The last secret that the device had before a rotation or an import; good only to fetch the new one. */
  readonly previousHash: TokenHash | undefined
  readonly scopes: readonly Scope[]
  readonly sessionId: SessionId
  readonly createdAt: Instant
  readonly rotatedAt: Instant | undefined
  readonly expiresAt: Instant | undefined
  /** How long it was given when it was given a deadline, in milliseconds: what a renewal repeats. */
  readonly lifetimeMs: number | undefined
  /** When an operator last gave the standing token more or another time. Counts as use. */
  readonly renewedAt: Instant | undefined
  readonly revokedAt: Instant | undefined
  readonly revokedBy: string | undefined
  readonly lastUsedAt: Instant | undefined
}

export type TokenState = 'live' | 'expired' | 'revoked'

/** When a token that may lie unused for `idleMs` runs out, unless it is used before. */
export function idleDeadline(token: Token, idleMs: number | undefined): Instant | undefined {
  const { createdAt, rotatedAt = createdAt, renewedAt = createdAt, lastUsedAt = createdAt } = token
  if (idleMs === undefined) return undefined
  return later(Math.max(createdAt, rotatedAt, renewedAt, lastUsedAt) as Instant, idleMs)
}

/**
 * Revoked is asked before expired: an audit must show the stronger reason. A token behind a connection that
 * stands is in use, whatever its row says yet: then `idleMs` is `undefined`.
 */
export function tokenState(token: Token, now: Instant, idleMs: number | undefined): TokenState {
  if (token.revokedAt !== undefined) return 'revoked'
  const idleEnd = idleDeadline(token, idleMs)
  const hasRunOut = token.expiresAt !== undefined && now >= token.expiresAt
  return hasRunOut || (idleEnd !== undefined && now >= idleEnd) ? 'expired' : 'live'
}

/** What the event log keeps of a token when it changes. */
export function tokenFacts({ scopes, sessionId, expiresAt }: Token): EventState {
  return { scopes, session: sessionId, expiresAt }
}

/** Whether the token stands at `now` and opens what an admin opens, in every session. */
export function isLiveAdmin(token: Token, now: Instant, idleMs: number | undefined): boolean {
  return (
    token.role === 'operator' &&
    token.sessionId === EVERY_SESSION &&
    tokenState(token, now, idleMs) === 'live' &&
    coversScopes(token.scopes, ['operator.admin'])
  )
}
