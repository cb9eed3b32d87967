import { type EventRecord, type EventState, type FeedRow, readDetails } from '@pairgate/core'
import type { AuditRow, AuditState, FeedEntry } from '@pairgate/protocol/wire'

/** A row of the event log for an admin; what is not known, or was erased, is left out. */
export function auditRow(record: EventRecord): AuditRow {
  const { seq, at, epoch, actor, via, kind, deviceId, role, requestId, tokenId, mac, details } = record
  const { before, after, address, connection } = (details && readDetails(details.body)) ?? {}
  // One column for what an event is about, because a request and an invitation never share one.
  const about = kind.startsWith('invitation-') ? { invitationId: requestId } : { requestId }
  const known = {
    ...present({ via, address, connection, deviceId, role, ...about, tokenId }),
    ...(kind.startsWith('session-') && present({ sessionId: record.sessionId })),
    ...present({ before: before && stateOf(before), after: after && stateOf(after) }),
  }
  return { seq, at, epoch, actor, kind, ...known, ...(!details && { erased: true as const }), mac }
}

export function feedEntry({ kind, reason, prefix, deviceId, count, firstAt, lastAt }: FeedRow): FeedEntry {
  const known = present({ reason: reason || undefined, deviceId })
  return { kind, ...known, address: prefix, count, firstAt, lastAt }
}

function stateOf({ expiresAt, until, ...same }: EventState): AuditState {
  return present({ ...same, expiresAtMs: expiresAt, untilMs: until })
}

function present<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(kept) as { [K in keyof T]?: NonNullable<T[K]> }
}
