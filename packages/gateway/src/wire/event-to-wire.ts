import {
  type EventRecord,
  type EventState,
  type FeedRow,
  readDetails,
  type Session,
  type ShownEvent,
} from '@pairgate/core'
import type { AuditRow, AuditState, DeviceEvent, FeedEntry } from '@pairgate/protocol/wire'

/** A row of the event log for an admin; what is not known, or was erased, is left out. */
export function auditRow(record: EventRecord): AuditRow {
  const { seq, at, epoch, actor, via, kind, deviceId, role, requestId, tokenId, mac, details } = record
  const { before, after, address, connection } = (details && readDetails(details.body)) ?? {}
  const known = {
    ...present({ via, address, connection, deviceId, role, ...subject(kind, requestId), tokenId }),
    ...(kind.startsWith('session-') && present({ sessionId: record.sessionId })),
    ...present({ before: before && stateOf(before), after: after && stateOf(after) }),
  }
  return { seq, at, epoch, actor, kind, ...known, ...(!details && { erased: true as const }), mac }
}

/** An event of one device; sessions are named as people name them. */
export function deviceEvent(event: ShownEvent, sessions: ReadonlyMap<string, Session>): DeviceEvent {
  const { mac: id, seq, at, kind, actor, via, address, role, requestId, before, after, details } = event
  const named = (state: EventState | undefined) => state && stateOf({ ...state, session: keyOf(state) })
  const keyOf = ({ session }: EventState) => sessions.get(session ?? '')?.key ?? session
  const known = {
    ...present({ seq, actor, via, address, role, ...subject(kind, requestId) }),
    ...present({ before: named(before), after: named(after) }),
  }
  return { id, at, kind, ...known, ...(!details && { erased: true as const }) }
}

/** One column for what an event is about, because a request and an invitation never share one. */
function subject(kind: string, id: string | undefined) {
  return kind.startsWith('invitation-') ? { invitationId: id } : { requestId: id }
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
