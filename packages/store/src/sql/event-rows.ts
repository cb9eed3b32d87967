import type { GatewayEvent, LoggedEvent } from '@pairgate/core'
import type { DeviceId, Instant, RequestId, TokenId } from '@pairgate/protocol'
import { readRole, readScopes, unknownWord } from './rows.ts'
import type { EventRow } from './tables.ts'

/** Ids and the role have columns, so that they can be searched; all else of an event is JSON. */
export function fromLoggedEvent({ seq, at, actor, event }: LoggedEvent): EventRow {
  return {
    seq,
    at,
    actor: actor.ref,
    conn_id: actor.connId,
    remote_ip: actor.remoteIp ?? null,
    kind: event.kind,
    device_id: event.deviceId,
    role: 'role' in event ? event.role : null,
    request_id: 'requestId' in event ? event.requestId : null,
    token_id: 'tokenId' in event ? event.tokenId : null,
    details: JSON.stringify(detailsOf(event)),
  }
}

function detailsOf(event: GatewayEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'pairing-approved': {
      const { scopesBefore, scopesAfter, endsConnections } = event
      return { scopesBefore, scopesAfter, endsConnections }
    }
    case 'token-rotated':
      return { scopesBefore: event.scopesBefore, scopesAfter: event.scopesAfter }
    case 'device-renamed':
      return { before: event.before, after: event.after }
    case 'pairing-rejected':
    case 'pairing-superseded':
    case 'device-removed':
    case 'token-revoked':
      return {}
  }
}

export function toLoggedEvent(row: EventRow): LoggedEvent {
  return {
    seq: row.seq,
    at: row.at as Instant,
    actor: { ref: row.actor, connId: row.conn_id, remoteIp: row.remote_ip ?? undefined },
    event: toEvent(row),
  }
}

function toEvent(row: EventRow): GatewayEvent {
  const deviceId = present(row, 'device_id') as DeviceId
  // Read only where the kind has them: `present` throws for a column that is empty.
  const requestId = () => present(row, 'request_id') as RequestId
  const role = () => readRole(present(row, 'role'))
  const tokenId = () => present(row, 'token_id') as TokenId
  switch (row.kind) {
    case 'pairing-approved':
      return {
        kind: row.kind,
        requestId: requestId(),
        deviceId,
        role: role(),
        tokenId: tokenId(),
        ...scopeChange(row),
        endsConnections: readDetails(row)['endsConnections'] === true,
      }
    case 'pairing-rejected':
    case 'pairing-superseded':
      return { kind: row.kind, requestId: requestId(), deviceId }
    case 'device-renamed':
      return { kind: row.kind, deviceId, ...nameChange(row) }
    case 'device-removed':
      return { kind: row.kind, deviceId }
    case 'token-rotated':
      return { kind: row.kind, deviceId, role: role(), tokenId: tokenId(), ...scopeChange(row) }
    case 'token-revoked':
      return { kind: row.kind, deviceId, role: role(), tokenId: tokenId() }
    default:
      throw unknownWord('kind of event', row.kind)
  }
}

function present(row: EventRow, column: 'device_id' | 'role' | 'request_id' | 'token_id'): string {
  const value = row[column]
  if (value === null) throw unknownWord(`shape of '${row.kind}', without ${column},`, row.seq)
  return value
}

function readDetails(row: EventRow): Readonly<Record<string, unknown>> {
  const details: unknown = JSON.parse(row.details)
  if (typeof details !== 'object' || details === null) throw unknownWord('detail', row.details)
  return { ...details }
}

function scopeChange(row: EventRow) {
  const details = readDetails(row)
  return {
    scopesBefore: readScopes(details['scopesBefore']),
    scopesAfter: readScopes(details['scopesAfter']),
  }
}

function nameChange(row: EventRow): { before: string | undefined; after: string } {
  const { before, after } = readDetails(row)
  if (typeof after !== 'string') throw unknownWord('detail', row.details)
  return { before: typeof before === 'string' ? before : undefined, after }
}
