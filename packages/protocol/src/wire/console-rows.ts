import type { DeviceChange } from '../device-change.ts'
import type { AuditState } from './audit-rows.ts'
import type { PairedRow, PendingRow } from './pairing-rows.ts'

/** A paired device, and how often it is connected to this gateway right now. */
export interface DeviceRow extends PairedRow {
  readonly connections: number
}

/** One page of the devices that were asked for. */
export interface DevicePage {
  readonly devices: readonly DeviceRow[]
  /** The cursor of the next page, unless this is the last. */
  readonly next?: string
  /** How many there are on all pages. */
  readonly total: number
  /** Counting ended there: there are more. */
  readonly totalIsCut?: true
}

/** What was decided about a device, as far as the caller may know of it. */
export interface DeviceEvent {
  /** Names the event; nothing can be read from it. */
  readonly id: string
  /** Its number in the log, for callers of every session. */
  readonly seq?: number
  readonly at: number
  readonly kind: string
  /** `owner`, `shared-secret` or `device:<id>`; absent for a device of another session. */
  readonly actor?: string
  readonly via?: string
  /** Where the actor was. */
  readonly address?: string
  readonly role?: string
  readonly requestId?: string
  readonly invitationId?: string
  /** Sessions by their readable key, or by their id once they are gone. */
  readonly before?: AuditState
  readonly after?: AuditState
  /** Names, scopes and addresses of this event were erased. */
  readonly erased?: true
}

/** Newest first. */
export interface DeviceHistory {
  readonly events: readonly DeviceEvent[]
  /** The cursor of the next page, unless this is the last. */
  readonly next?: string
}

/** Payload of `device.pair.changed`, for clients that announced `pairgate-1`. */
export interface ChangedPayload {
  readonly deviceId: string
  readonly change: DeviceChange
  /** Of the token that it is about. */
  readonly role?: string
  readonly ts: number
}

/** Payload of `device.presence`: how often each of these is connected now; none of them twice. */
export interface DevicePresencePayload {
  readonly devices: readonly { readonly deviceId: string; readonly connections: number }[]
  /** Others came or went as well, too many to name: look at the list again. */
  readonly more?: true
  readonly ts: number
}

/** What went on, step by step, the oldest first. All lists are as long as each other. */
export interface GatewayFigures {
  /** End of the last step. */
  readonly untilMs: number
  readonly stepMs: number
  /** Connections that were let in. */
  readonly connects: readonly number[]
  /** Requests over connections that were answered with success. */
  readonly requests: readonly number[]
  /** Requests that were let through to an app. */
  readonly proxied: readonly number[]
  /** Open at the end of a minute; the most of each step. */
  readonly connections: readonly number[]
  /** By what was refused and why: `connect:…`, `request:…`, `upgrade:…` or `app:…`. */
  readonly refused: Readonly<Record<string, readonly number[]>>
}

/** Open requests, with those of their devices that are paired already. */
export interface PendingList {
  readonly pending: readonly PendingRow[]
  readonly devices: readonly DeviceRow[]
  /** As in `DevicePairList`. */
  readonly madeRoomAtMs?: number
}
