import {
  days,
  type Instant,
  joinScopes,
  later,
  type Role,
  type Scope,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import type { ApprovedVia, Device } from './device.ts'
import type { OpenRequest } from './pairing-request.ts'
import { type Token, tokenState } from './token.ts'

/** How long the last proved secret may still fetch the new one after a rotation. */
const PREVIOUS_SECRET_LIFETIME_MS = days(30)

/** A secret that was just drawn: its id, its hash and the key it derives from. */
export interface NewSecret {
  readonly tokenId: TokenId
  readonly tokenHash: TokenHash
  readonly keyId: string
}

/** A length of time in milliseconds, or no deadline at all. */
export type Lifetime = number | 'never'
/** Who gets it, and for what: a request that was approved, or a device that redeemed an invitation. */
export type GrantedAsk = Pick<OpenRequest, 'deviceId' | 'publicKey' | 'role' | 'metadata' | 'why'>

/** What an operator grants: exactly what was shown, or less. */
export interface Grant {
  readonly request: GrantedAsk
  readonly scopes: readonly Scope[]
  readonly sessionId: SessionId
  /** How long the token is good for, in milliseconds; `undefined` keeps what it had, or repeats it. */
  readonly lifetime: Lifetime | undefined
  /** How long tokens may lie unused. */
  readonly idleMs: number | undefined
  readonly label: string | undefined
  readonly by: string
  readonly via: ApprovedVia
  readonly now: Instant
}

/**
 * The token after an approval. While a grant stands (also when it ran out) the row is changed in
 * place and keeps its secret, so an upgrade or a renewal locks nobody out; a first pairing and an
 * approval after a revoke take a new one, so an old secret never comes back to life.
 */
export function grantToken(existing: Token | undefined, grant: Grant, fresh: NewSecret): Token {
  const state = existing && tokenState(existing, grant.now, grant.idleMs)
  if (!existing || state === 'revoked') return firstToken(grant, fresh)
  const lost = grant.request.why === 'token-lost'
  return {
    ...(lost ? withoutForeignSecret(existing) : existing),
    scopes: joinScopes(state === 'live' ? existing.scopes : [], grant.scopes),
    sessionId: grant.sessionId,
    ...renewedDeadline(existing, grant),
    renewedAt: grant.now,
    // A device that lost its token fetches the same one again by its key alone.
    presentedAt: lost ? undefined : existing.presentedAt,
    deliveredAt: lost ? undefined : existing.deliveredAt,
  }
}

function firstToken(grant: Grant, fresh: NewSecret): Token {
  return {
    deviceId: grant.request.deviceId,
    role: grant.request.role,
    ...fresh,
    presentedAt: undefined,
    deliveredAt: undefined,
    previousTokenId: undefined,
    previousHash: undefined,
    scopes: joinScopes(grant.scopes, []),
    sessionId: grant.sessionId,
    createdAt: grant.now,
    rotatedAt: undefined,
    ...deadlineOf(grant.lifetime ?? 'never', grant.now),
    renewedAt: undefined,
    revokedAt: undefined,
    revokedBy: undefined,
    lastUsedAt: undefined,
  }
}

type Deadline = Pick<Token, 'expiresAt' | 'lifetimeMs'>

function deadlineOf(lifetime: Lifetime, now: Instant): Deadline {
  if (lifetime === 'never') return { expiresAt: undefined, lifetimeMs: undefined }
  return { expiresAt: later(now, lifetime), lifetimeMs: lifetime }
}

/** A renewal without a new lifetime repeats the old one; a token that is still good keeps its deadline. */
function renewedDeadline(token: Token, { lifetime, now }: Grant): Deadline {
  if (lifetime !== undefined) return deadlineOf(lifetime, now)
  const { expiresAt, lifetimeMs } = token
  if (expiresAt === undefined || now < expiresAt) return { expiresAt, lifetimeMs }
  // Rows that are older than the column do not say for how long they were given.
  return deadlineOf(lifetimeMs ?? expiresAt - (token.rotatedAt ?? token.createdAt), now)
}

/** The token with another deadline from now on, sooner or later than the one that it had. */
export function extendToken(token: Token, lifetime: Lifetime, now: Instant): Token {
  return { ...token, ...deadlineOf(lifetime, now), renewedAt: now }
}

/**
 * The device after an approval. Its baseline grows by what was granted while the operator token stands
 * (`standing`), and starts anew when it had been revoked or had run out.
 */
export function grantDevice(existing: Device | undefined, grant: Grant, standing: boolean): Device {
  const { request, now } = grant
  const keepsBaseline = standing || request.role !== 'operator'
  return {
    id: request.deviceId,
    publicKey: request.publicKey,
    ...request.metadata,
    operatorLabel: grant.label ?? existing?.operatorLabel,
    roles: [...new Set<Role>([...(existing?.roles ?? []), request.role])].sort(),
    scopes: joinScopes(keepsBaseline ? (existing?.scopes ?? []) : [], grant.scopes),
    pairedAt: existing?.pairedAt ?? now,
    approvedAt: now,
    approvedBy: grant.by,
    approvedVia: grant.via,
    originSignedAt: existing?.originSignedAt,
    lastSeenAt: existing?.lastSeenAt,
    lastSeenIp: existing?.lastSeenIp,
  }
}

/**
 * The token after a rotation. The last secret that the device *had* stays good for one thing, fetching
 * the new one; a secret that no hello ever told it is forgotten at once.
 */
export function rotateToken(token: Token, fresh: NewSecret, scopes: readonly Scope[], now: Instant): Token {
  const had = token.deliveredAt !== undefined
  return {
    ...token,
    ...fresh,
    scopes: joinScopes(scopes, []),
    presentedAt: undefined,
    deliveredAt: undefined,
    previousTokenId: had ? token.tokenId : token.previousTokenId,
    previousHash: had ? token.tokenHash : token.previousHash,
    rotatedAt: now,
  }
}

/**
 * Whether the previous secret may still fetch the new one. A foreign one may as long as the token stands, or a
 * device that lay in a drawer while its gateway was replaced would have to pair again.
 */
export function previousStillFetches(token: Token, now: Instant): boolean {
  if (token.rotatedAt === undefined) return hasForeignSecret(token)
  return now < later(token.rotatedAt, PREVIOUS_SECRET_LIFETIME_MS)
}

/** Whether its device still holds the secret of another gateway: no token id of ours belongs to that. */
export function hasForeignSecret({ previousHash, previousTokenId }: Token): boolean {
  return previousHash !== undefined && previousTokenId === undefined
}

function withoutForeignSecret(token: Token): Token {
  return hasForeignSecret(token) ? { ...token, previousHash: undefined } : token
}

/** The token once a hello has told the device its secret; an older one still fetches, for a lost hello. */
export function deliverToken(token: Token, now: Instant): Token {
  return { ...token, deliveredAt: token.deliveredAt ?? now }
}

/** The token once the device has proved its current secret: from here on no older one is good for anything. */
export function presentToken(token: Token, now: Instant): Token {
  return {
    ...token,
    presentedAt: now,
    deliveredAt: token.deliveredAt ?? now,
    previousTokenId: undefined,
    previousHash: undefined,
  }
}

/** The token after a revoke: no secret of it, old or new, opens anything. */
export function revokeToken(token: Token, by: string, now: Instant): Token {
  return { ...token, revokedAt: now, revokedBy: by, previousTokenId: undefined, previousHash: undefined }
}

/** The device after one of its roles was revoked. The baseline goes too, or a rotation could revive it. */
export function withoutRole(device: Device, role: Role): Device {
  return {
    ...device,
    roles: device.roles.filter((held) => held !== role),
    scopes: role === 'operator' ? [] : device.scopes,
  }
}
