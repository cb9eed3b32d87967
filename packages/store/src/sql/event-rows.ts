import { type EventRecord, type GatewayEvent, type LoggedEvent, readDetails } from '@pairgate/core'
import type { DeviceId, Instant, InvitationId, RequestId, SessionId, TokenId } from '@pairgate/protocol'
import type { Kysely } from 'kysely'
import { readRole, unknownWord } from './rows.ts'
import type { EventDetailsRow, EventRow, Tables } from './tables.ts'

/** A row of the log with what lies beside it, as far as that was not erased. */
export type JoinedEventRow = EventRow & {
  readonly [Column in 'salt' | 'body']: EventDetailsRow[Column] | null
}

export function joinedEvents(db: Kysely<Tables>) {
  return db
    .selectFrom('events')
    .leftJoin('event_details', 'event_details.seq', 'events.seq')
    .selectAll('events')
    .select(['event_details.salt', 'event_details.body'])
}

/** Every column, in the one order in which a prepared insert takes its values. */
export const EMPTY_EVENT_ROW: EventRow = {
  seq: 0,
  at: 0,
  epoch: 0,
  actor: '',
  via: null,
  kind: '',
  device_id: null,
  role: null,
  request_id: null,
  token_id: null,
  ends_connections: null,
  session_id: null,
  details_hash: '',
  prev: '',
  mac: '',
}

export function fromEventRecord(record: EventRecord): EventRow {
  return {
    seq: record.seq,
    at: record.at,
    epoch: record.epoch,
    actor: record.actor,
    via: record.via ?? null,
    kind: record.kind,
    device_id: record.deviceId ?? null,
    role: record.role ?? null,
    request_id: record.requestId ?? null,
    token_id: record.tokenId ?? null,
    ends_connections: record.endsConnections === undefined ? null : Number(record.endsConnections),
    session_id: record.sessionId ?? null,
    details_hash: record.detailsHash,
    prev: record.prev,
    mac: record.mac,
  }
}

/** Understands nothing: what somebody has written into a row must still come out of it. */
export function toEventRecord(row: JoinedEventRow): EventRecord {
  return {
    seq: row.seq,
    at: row.at,
    epoch: row.epoch,
    actor: row.actor,
    via: row.via ?? undefined,
    kind: row.kind,
    deviceId: row.device_id ?? undefined,
    role: row.role ?? undefined,
    requestId: row.request_id ?? undefined,
    tokenId: row.token_id ?? undefined,
    endsConnections: row.ends_connections === null ? undefined : row.ends_connections !== 0,
    sessionId: row.session_id ?? undefined,
    detailsHash: row.details_hash,
    prev: row.prev,
    mac: row.mac,
    details: readStoredDetails(row),
  }
}

/**
 * Details are erased by writing blanks over them, as many bytes as there were: a deleted row would leave copies
 * where the engine has moved rows in its file. No details begin with a blank.
 */
export const ERASED_LOOK = ' %'
const isErased = (body: string) => body.startsWith(' ')

function readStoredDetails({ salt, body }: JoinedEventRow): EventRecord['details'] {
  return salt === null || body === null || isErased(body) ? undefined : { salt, body }
}

export function toLoggedEvent(row: JoinedEventRow): LoggedEvent {
  return {
    seq: row.seq,
    epoch: row.epoch,
    mac: row.mac,
    prev: row.prev,
    at: row.at as Instant,
    actor: row.actor,
    connId: row.body === null ? undefined : readDetails(row.body)?.connection,
    event: toEvent(row),
  }
}

function toEvent(row: JoinedEventRow): GatewayEvent {
  // Read only where the kind has them: `present` throws for a column that is empty.
  const deviceId = () => present(row, 'device_id') as DeviceId
  const requestId = () => present(row, 'request_id') as RequestId
  // One column for what an event is about: a request, or an invitation.
  const invitationId = () => present(row, 'request_id') as InvitationId
  const ofToken = () => ({
    deviceId: deviceId(),
    role: readRole(present(row, 'role')),
    tokenId: present(row, 'token_id') as TokenId,
  })
  const regrant = () => ({ ...ofToken(), endsConnections: row.ends_connections === 1 })
  const at = row.session_id === null ? {} : { home: row.session_id as SessionId }
  switch (row.kind) {
    case 'pairing-approved':
      return { kind: row.kind, requestId: requestId(), ...regrant(), ...at }
    case 'pairing-rejected':
    case 'pairing-superseded':
      return { kind: row.kind, requestId: requestId(), deviceId: deviceId(), ...at }
    case 'device-renamed':
    case 'device-removed':
      return { kind: row.kind, deviceId: deviceId(), ...at }
    case 'device-imported':
    case 'token-rotated':
    case 'token-revoked':
    case 'token-moved':
      return { kind: row.kind, ...ofToken(), ...at }
    case 'token-extended':
      return { kind: row.kind, ...ofToken(), ends: endsOf(row), ...at }
    case 'session-created':
    case 'session-renamed':
    case 'session-deleted':
      return { kind: row.kind, sessionId: present(row, 'session_id') as SessionId }
    case 'invitation-created':
    case 'invitation-cancelled':
      return { kind: row.kind, invitationId: invitationId() }
    case 'invitation-redeemed':
      return { kind: row.kind, invitationId: invitationId(), ...regrant(), ...at }
    case 'details-erased':
      return { kind: row.kind, deviceId: (row.device_id ?? undefined) as DeviceId | undefined }
    case 'log-pruned':
    case 'log-recovered':
    case 'keys-changed':
      return { kind: row.kind }
    default:
      throw unknownWord('kind of event', row.kind)
  }
}

/** The one thing of an event that instances act on although it lies in its details. */
function endsOf(row: JoinedEventRow): Instant | 'never' | 'erased' {
  const body = readStoredDetails(row)?.body
  const after = body === undefined ? undefined : readDetails(body)?.after
  return after ? ((after.expiresAt as Instant | undefined) ?? 'never') : 'erased'
}

type PresentColumn = 'device_id' | 'role' | 'request_id' | 'token_id' | 'session_id'

function present(row: EventRow, column: PresentColumn): string {
  const value = row[column]
  if (value === null) throw unknownWord(`shape of '${row.kind}', without ${column},`, row.seq)
  return value
}
