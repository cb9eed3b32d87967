import type { Invitation } from '@pairgate/core'
import { type DeviceId, type InvitationId, parseRole, type SessionId } from '@pairgate/protocol'
import { readInstant, readList, readScopes } from './rows.ts'
import type { InvitationRow } from './tables.ts'

export function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id as InvitationId,
    secretHash: row.secret_hash,
    codeMac: row.code_mac ?? undefined,
    codeExpiresAt: readInstant(row.code_expires_at),
    roles: readList(JSON.parse(row.roles), parseRole),
    scopes: readScopes(JSON.parse(row.scopes)),
    session: row.session === null ? undefined : (row.session as SessionId | 'new' | 'main'),
    tokenTtlMs: row.token_ttl_ms ?? undefined,
    label: row.label ?? undefined,
    confirm: row.confirm !== 0,
    claim: row.claim !== 0,
    joins: row.joins !== 0,
    createdBy: row.created_by,
    creatorScopes: readScopes(JSON.parse(row.creator_scopes)),
    creatorMark: row.creator_mark ?? undefined,
    createdAt: row.created_at as Invitation['createdAt'],
    expiresAt: readInstant(row.expires_at),
    redeemedBy: row.redeemed_by === null ? undefined : (row.redeemed_by as DeviceId),
    redeemedAt: readInstant(row.redeemed_at),
    cancelledAt: readInstant(row.cancelled_at),
  }
}

export function fromInvitation(invitation: Invitation): InvitationRow {
  return {
    id: invitation.id,
    secret_hash: invitation.secretHash,
    code_mac: invitation.codeMac ?? null,
    code_expires_at: invitation.codeExpiresAt ?? null,
    roles: JSON.stringify(invitation.roles),
    scopes: JSON.stringify(invitation.scopes),
    session: invitation.session ?? null,
    token_ttl_ms: invitation.tokenTtlMs ?? null,
    label: invitation.label ?? null,
    confirm: Number(invitation.confirm),
    claim: Number(invitation.claim),
    joins: Number(invitation.joins),
    created_by: invitation.createdBy,
    creator_scopes: JSON.stringify(invitation.creatorScopes),
    creator_mark: invitation.creatorMark ?? null,
    created_at: invitation.createdAt,
    expires_at: invitation.expiresAt ?? null,
    redeemed_by: invitation.redeemedBy ?? null,
    redeemed_at: invitation.redeemedAt ?? null,
    cancelled_at: invitation.cancelledAt ?? null,
  }
}
