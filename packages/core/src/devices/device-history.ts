import { type DeviceId, EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import { findHome, mayManage } from '../access/home-session.ts'
import { findKnownActors } from '../access/known-actors.ts'
import type { EventRecord } from '../domain/event-chain.ts'
import { type EventState, readDetails } from '../domain/event-details.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { StoreReader } from '../ports/store.ts'

export interface HistoryOrder {
  readonly deviceId: DeviceId
  /** Seal of the last event that was told before. */
  readonly after: string | undefined
  readonly limit: number
}

/** An event as far as a principal may know of it. */
export interface ShownEvent
  extends Pick<EventRecord, 'mac' | 'at' | 'kind' | 'via' | 'role' | 'requestId' | 'details'> {
  /** Only for who sees the whole log: the numbers between tell how much goes on elsewhere. */
  readonly seq: number | undefined
  readonly actor: string | undefined
  readonly address: string | undefined
  readonly before: EventState | undefined
  readonly after: EventState | undefined
}

export interface DeviceHistory {
  /** Newest first. */
  readonly events: readonly ShownEvent[]
  /** Sessions of which the events speak, as far as they are there. */
  readonly sessions: ReadonlyMap<string, Session>
  readonly hasMore: boolean
}

export interface ReadDeviceHistoryDeps {
  readonly read: StoreReader
}

/**
 * What was decided about a device. Who holds one session is told of what happened while the device lay in it,
 * and that it came; who holds every session also of a device that was removed.
 */
export function createReadDeviceHistory({ read }: ReadDeviceHistoryDeps) {
  return async (principal: Principal, order: HistoryOrder): Promise<Result<DeviceHistory>> => {
    const { deviceId, after, limit } = order
    const unknown = refuse({ reason: 'device-unknown', deviceId })
    if (!mayManage(principal, deviceId, await findHome(read, deviceId))) return unknown
    const from = after === undefined ? undefined : await findTold(read, principal, { deviceId, mac: after })
    if (after !== undefined && !from) return refuse({ reason: 'cursor-invalid' })
    // One more than asked for says whether there are more.
    const found = await collect(read, principal, { deviceId, before: from?.seq, limit: limit + 1 })
    if (found.length === 0 && !from && !(await read.findDevice(deviceId))) return unknown
    const told = found.slice(0, limit)
    const isKnown = await findKnownActors(
      read,
      principal,
      told.map(({ actor }) => actor),
    )
    const events = told.map((record) => showEvent(record, principal, isKnown))
    const named = events.flatMap(({ before, after }) => [before?.session, after?.session])
    const ids = new Set(named.filter((id) => id !== undefined))
    const sessions = await read.findSessions([...ids] as SessionId[])
    return ok({
      events,
      sessions: new Map(sessions.map((session) => [session.id, session])),
      hasMore: found.length > limit,
    })
  }
}

interface Collecting {
  readonly deviceId: DeviceId
  readonly before: number | undefined
  readonly limit: number
}

/** So many events of which a principal may be told, the newest first. */
async function collect(
  read: StoreReader,
  principal: Principal,
  { limit, ...order }: Collecting,
): Promise<readonly EventRecord[]> {
  const seenIn = boundTo(principal)
  const found: EventRecord[] = []
  for (let { before } = order; ; ) {
    const records = await read.listEventRecords({ deviceId: order.deviceId, before, seenIn, limit })
    found.push(...records.filter((record) => isTold(record, principal)))
    if (found.length >= limit || records.length < limit) return found.slice(0, limit)
    before = records.at(-1)?.seq
  }
}

async function findTold(
  read: StoreReader,
  principal: Principal,
  choice: { readonly deviceId: DeviceId; readonly mac: string },
): Promise<EventRecord | undefined> {
  const [found] = await read.listEventRecords({ ...choice, limit: 1 })
  return found && isTold(found, principal) ? found : undefined
}

function boundTo({ sessionId }: Principal): SessionId | undefined {
  return sessionId === EVERY_SESSION ? undefined : sessionId
}

/** It happened in the principal's session, or brought the device there. */
function isTold({ sessionId, details }: EventRecord, principal: Principal): boolean {
  const own = boundTo(principal)
  if (own === undefined || sessionId === own) return true
  return details !== undefined && readDetails(details.body)?.after?.session === own
}

function showEvent(
  record: EventRecord,
  principal: Principal,
  isKnown: (actor: string) => boolean,
): ShownEvent {
  const { mac, at, kind, via, role, requestId, details, actor } = record
  const own = boundTo(principal)
  const seesAll = own === undefined && !isSelfScoped(principal)
  const { before, after, address } = (details && readDetails(details.body)) ?? {}
  const cameThen = own !== undefined && record.sessionId !== own
  return {
    ...{ mac, at, kind, role, requestId, details },
    seq: seesAll ? record.seq : undefined,
    actor: isKnown(actor) ? actor : undefined,
    via: isKnown(actor) ? via : undefined,
    address: seesAll || isOwnOrNear(actor, principal, isKnown) ? address : undefined,
    before: cameThen ? undefined : within(before, own),
    after: within(after, own),
  }
}

/** Where somebody was when they did it is for who could see them there. */
function isOwnOrNear(actor: string, principal: Principal, isKnown: (actor: string) => boolean): boolean {
  if (principal.kind !== 'device') return false
  if (actor === `device:${principal.deviceId}`) return true
  return !isSelfScoped(principal) && actor.startsWith('device:') && isKnown(actor)
}

/** One side of a change, without the session if that is another one. */
function within(state: EventState | undefined, own: SessionId | undefined): EventState | undefined {
  if (!state || own === undefined || state.session === own) return state
  return { ...state, session: undefined }
}
