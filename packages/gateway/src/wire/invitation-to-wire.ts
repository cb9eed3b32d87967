import type { InvitationNews, InvitationView, NewInvitation, OpenRequest } from '@pairgate/core'
import { EVERY_SESSION, fingerprintWords } from '@pairgate/protocol'
import type { CandidateRow, InvitationPayload, InvitationRow, InviteResult } from '@pairgate/protocol/wire'
import type { Endpoint } from '../endpoints/choose-endpoints.ts'
import { handedOut } from '../endpoints/handed-out.ts'
import { present } from './present.ts'

type Told = NewInvitation['invitation']

/** The answer to who made an invitation: the only time that secret and code are said. */
export function inviteResult(
  { invitation, secret, code }: NewInvitation,
  session: string | undefined,
  endpoints: readonly Endpoint[],
): InviteResult {
  const { id, codeExpiresAt, expiresAt, scopes, confirm } = invitation
  return {
    id,
    ...present({ code, codeExpiresAtMs: codeExpiresAt }),
    secret,
    expiresAtMs: Number(expiresAt),
    role: firstRole(invitation),
    scopes,
    ...present({ session }),
    confirm,
    ...handedOut(endpoints, secret, Number(expiresAt)),
  }
}

/** An invitation as operators see it; neither secret nor code is among its fields. */
export function invitationRow({
  invitation,
  createdBy,
  state,
  candidates,
  session,
}: InvitationView): InvitationRow {
  const { id, roles, scopes, label, createdAt, expiresAt, codeExpiresAt } = invitation
  const { confirm, claim, redeemedBy, redeemedAt } = invitation
  return {
    id,
    role: firstRole(invitation),
    roles,
    scopes,
    ...present({ session: sessionWord(invitation, session?.key), label }),
    createdAtMs: createdAt,
    ...present({ createdBy }),
    ...present({ expiresAtMs: expiresAt, codeExpiresAtMs: codeExpiresAt }),
    state,
    confirm,
    ...(claim && { claim }),
    candidates: candidates.map(candidateRow),
    ...present({ redeemedBy, redeemedAtMs: redeemedAt }),
  }
}

/** The readable word for the session that an invitation names. */
export function sessionWord({ session }: Pick<Told, 'session'>, key: string | undefined): string | undefined {
  const isWord = session === 'new' || session === 'main' || session === EVERY_SESSION
  return isWord || session === undefined ? session : key
}

export function invitationPayload({
  state,
  invitation,
  request,
  joined,
  at,
}: InvitationNews): InvitationPayload {
  const deviceId = joined?.device.id ?? request?.deviceId
  const token = joined?.token
  return {
    id: invitation.id,
    state,
    ...present({
      requestId: request?.id,
      deviceId,
      displayName: joined ? joined.device.displayName : request?.metadata.displayName,
      fingerprint: deviceId && fingerprintWords(deviceId),
      role: token?.role ?? request?.role ?? firstRole(invitation),
      scopes: token?.scopes ?? request?.scopes ?? invitation.scopes,
      session: joined?.session,
      tokenExpiresAtMs: token?.expiresAt,
    }),
    ts: at,
  }
}

function candidateRow({ id, deviceId, metadata, remoteIp }: OpenRequest): CandidateRow {
  const { displayName, platform } = metadata
  return {
    requestId: id,
    deviceId,
    fingerprint: fingerprintWords(deviceId),
    ...present({ displayName, platform, remoteIp }),
  }
}

function firstRole({ roles }: Pick<Told, 'roles'>): string {
  return roles.includes('operator') ? 'operator' : 'node'
}
