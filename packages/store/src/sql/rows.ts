import {
  type ApprovedVia,
  type Device,
  type DeviceMetadata,
  nameKeyOf,
  type OpenRequest,
  type PairingRequest,
  type PendingPlace,
  type RequestWhy,
  type Session,
  type Token,
} from '@pairgate/core'
import {
  type DeviceId,
  type Instant,
  type InvitationId,
  parseRole,
  parseScope,
  type RequestId,
  type Role,
  type Scope,
  type SessionId,
  type TokenHash,
  type TokenId,
} from '@pairgate/protocol'
import type { DeviceRow, RequestRow, SessionRow, TokenRow } from './tables.ts'

// Rows become branded records here, in invitation-rows.ts and in event-rows.ts, and nowhere else.

const APPROVED_VIA: Readonly<Record<ApprovedVia, true>> = {
  operator: true,
  local: true,
  code: true,
  link: true,
  import: true,
}
const REQUEST_WHY: Readonly<Record<RequestWhy, true>> = {
  'not-paired': true,
  'role-upgrade': true,
  'scope-upgrade': true,
  'token-lost': true,
  'token-expired': true,
}
const DECISIONS = { approved: true, rejected: true, superseded: true } as const

/** A word that this version does not know must stop it: leaving it out would lose it at the next save. */
export function unknownWord(what: string, found: unknown): Error {
  return new Error(`the database holds a ${what} that this version does not know: ${JSON.stringify(found)}`)
}

function readWord<W extends string>(words: Readonly<Record<W, true>>, text: string): W {
  if (!Object.hasOwn(words, text)) throw unknownWord('word', text)
  return text as W
}

export function readRole(text: string): Role {
  const role = parseRole(text)
  if (role === undefined) throw unknownWord('role', text)
  return role
}

/** The scopes of a parsed JSON list. */
export function readScopes(list: unknown): readonly Scope[] {
  return readList(list, parseScope)
}

export function readList<W>(list: unknown, parse: (text: string) => W | undefined): readonly W[] {
  if (!Array.isArray(list)) throw unknownWord('list', list)
  return list.map((item: unknown) => {
    const word = typeof item === 'string' ? parse(item) : undefined
    if (word === undefined) throw unknownWord('word', item)
    return word
  })
}

export function readInstant(value: number | null): Instant | undefined {
  return value === null ? undefined : (value as Instant)
}

/** What a device's row holds of its tokens is written with these; see `noteEnds`. */
type OwnColumns = Omit<DeviceRow, 'first_end' | 'last_end'>

export function toDevice(row: OwnColumns): Device {
  return {
    id: row.id as DeviceId,
    publicKey: row.public_key,
    ...toMetadata(row),
    operatorLabel: row.operator_label ?? undefined,
    roles: readList(JSON.parse(row.roles), parseRole),
    scopes: readScopes(JSON.parse(row.scopes)),
    pairedAt: row.paired_at as Instant,
    approvedAt: row.approved_at as Instant,
    approvedBy: row.approved_by,
    approvedVia: readWord(APPROVED_VIA, row.approved_via),
    lastSeenAt: readInstant(row.last_seen_at),
    lastSeenIp: row.last_seen_ip ?? undefined,
    originSignedAt: readInstant(row.origin_signed_at),
  }
}

export function fromDevice(device: Device): OwnColumns {
  return {
    id: device.id,
    public_key: device.publicKey,
    ...fromMetadata(device),
    operator_label: device.operatorLabel ?? null,
    roles: JSON.stringify(device.roles),
    scopes: JSON.stringify(device.scopes),
    paired_at: device.pairedAt,
    approved_at: device.approvedAt,
    approved_by: device.approvedBy,
    approved_via: device.approvedVia,
    last_seen_at: device.lastSeenAt ?? null,
    last_seen_ip: device.lastSeenIp ?? null,
    origin_signed_at: device.originSignedAt ?? null,
    name_key: nameKeyOf(device),
  }
}

type MetadataColumns = Pick<
  RequestRow,
  'display_name' | 'platform' | 'device_family' | 'client_id' | 'client_mode'
>

function toMetadata(row: MetadataColumns): DeviceMetadata {
  return {
    displayName: row.display_name ?? undefined,
    platform: row.platform ?? undefined,
    deviceFamily: row.device_family ?? undefined,
    clientId: row.client_id ?? undefined,
    clientMode: row.client_mode ?? undefined,
  }
}

function fromMetadata(metadata: DeviceMetadata): MetadataColumns {
  return {
    display_name: metadata.displayName ?? null,
    platform: metadata.platform ?? null,
    device_family: metadata.deviceFamily ?? null,
    client_id: metadata.clientId ?? null,
    client_mode: metadata.clientMode ?? null,
  }
}

export function toToken(row: TokenRow): Token {
  return {
    deviceId: row.device_id as DeviceId,
    role: readRole(row.role),
    tokenId: row.token_id as TokenId,
    tokenHash: row.token_hash as TokenHash,
    keyId: row.key_id,
    presentedAt: readInstant(row.presented_at),
    deliveredAt: readInstant(row.delivered_at),
    previousTokenId: row.previous_token_id === null ? undefined : (row.previous_token_id as TokenId),
    previousHash: row.previous_hash === null ? undefined : (row.previous_hash as TokenHash),
    scopes: readScopes(JSON.parse(row.scopes)),
    sessionId: row.session_id as SessionId,
    createdAt: row.created_at as Instant,
    rotatedAt: readInstant(row.rotated_at),
    expiresAt: readInstant(row.expires_at),
    lifetimeMs: row.lifetime_ms ?? undefined,
    renewedAt: readInstant(row.renewed_at),
    revokedAt: readInstant(row.revoked_at),
    revokedBy: row.revoked_by ?? undefined,
    lastUsedAt: readInstant(row.last_used_at),
  }
}

export function fromToken(token: Token): TokenRow {
  return {
    device_id: token.deviceId,
    role: token.role,
    token_id: token.tokenId,
    token_hash: token.tokenHash,
    key_id: token.keyId,
    presented_at: token.presentedAt ?? null,
    delivered_at: token.deliveredAt ?? null,
    previous_token_id: token.previousTokenId ?? null,
    previous_hash: token.previousHash ?? null,
    scopes: JSON.stringify(token.scopes),
    session_id: token.sessionId,
    created_at: token.createdAt,
    rotated_at: token.rotatedAt ?? null,
    expires_at: token.expiresAt ?? null,
    lifetime_ms: token.lifetimeMs ?? null,
    renewed_at: token.renewedAt ?? null,
    revoked_at: token.revokedAt ?? null,
    revoked_by: token.revokedBy ?? null,
    last_used_at: token.lastUsedAt ?? null,
  }
}

/** Of a row in state `open` only: a decision in it would be left out. */
export function toOpenRequest(row: RequestRow): OpenRequest {
  return {
    state: 'open',
    id: row.id as RequestId,
    deviceId: row.device_id as DeviceId,
    publicKey: row.public_key,
    role: readRole(row.role),
    scopes: readScopes(JSON.parse(row.scopes)),
    why: readWord(REQUEST_WHY, row.why),
    metadata: toMetadata(row),
    remoteIp: row.remote_ip ?? undefined,
    prefix: row.prefix,
    invitationId: row.invitation_id === null ? undefined : (row.invitation_id as InvitationId),
    digest: row.digest,
    createdAt: row.created_at as Instant,
    refreshedAt: row.refreshed_at as Instant,
    expiresAt: row.expires_at as Instant,
  }
}

export function toRequest(row: RequestRow): PairingRequest {
  const shown = toOpenRequest(row)
  if (row.state === 'open') return shown
  if (row.decided_at === null || row.decided_by === null) throw unknownWord('decision', row.state)
  return {
    ...shown,
    state: readWord(DECISIONS, row.state),
    decidedAt: row.decided_at as Instant,
    decidedBy: row.decided_by,
    supersededBy: row.superseded_by === null ? undefined : (row.superseded_by as RequestId),
  }
}

export function toPendingPlace(
  row: Pick<RequestRow, 'id' | 'device_id' | 'prefix' | 'created_at'>,
): PendingPlace {
  return {
    id: row.id as RequestId,
    deviceId: row.device_id as DeviceId,
    prefix: row.prefix,
    createdAt: row.created_at as Instant,
  }
}

export function fromOpenRequest(request: OpenRequest): RequestRow {
  return {
    id: request.id,
    device_id: request.deviceId,
    public_key: request.publicKey,
    role: request.role,
    scopes: JSON.stringify(request.scopes),
    why: request.why,
    ...fromMetadata(request.metadata),
    remote_ip: request.remoteIp ?? null,
    prefix: request.prefix,
    digest: request.digest,
    state: request.state,
    created_at: request.createdAt,
    refreshed_at: request.refreshedAt,
    expires_at: request.expiresAt,
    decided_at: null,
    decided_by: null,
    superseded_by: null,
    invitation_id: request.invitationId ?? null,
  }
}

export function toSession(row: SessionRow): Session {
  return {
    id: row.id as SessionId,
    key: row.key,
    label: row.label ?? undefined,
    createdAt: row.created_at as Instant,
    createdBy: row.created_by,
  }
}

export function fromSession(session: Session): SessionRow {
  return {
    id: session.id,
    key: session.key,
    label: session.label ?? null,
    created_at: session.createdAt,
    created_by: session.createdBy,
  }
}
