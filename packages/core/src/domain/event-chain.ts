import type { Instant } from '@pairgate/protocol'
import { type EventChange, isLasting, writeDetails } from './event-details.ts'
import type { EventActor, EventHead, GatewayEvent } from './gateway-event.ts'

/**
 * A row of the log exactly as it is stored, before anybody asks what it means: a row that was tampered
 * with has to be readable, or it could not be shown.
 */
export interface EventRecord extends EventHead {
  readonly at: number
  readonly actor: string
  readonly via: string | undefined
  readonly kind: string
  readonly deviceId: string | undefined
  readonly role: string | undefined
  readonly requestId: string | undefined
  readonly tokenId: string | undefined
  readonly endsConnections: boolean | undefined
  /** Of an event about a session: which. Of one about a device: its home. */
  readonly sessionId: string | undefined
  readonly detailsHash: string
  /** Seal of the event before; empty for the first one. */
  readonly prev: string
  /** `undefined` once they were erased. */
  readonly details: StoredDetails | undefined
}

/** The salt keeps a hash from telling a name that somebody guesses after the details were erased. */
export interface StoredDetails {
  readonly salt: string
  readonly body: string
}

/** Something that is about to enter the log. */
export interface EventEntry {
  readonly event: GatewayEvent
  readonly change: EventChange
  readonly actor: EventActor
  readonly at: Instant
}

/** What sealing needs: the keyed hash of a text, the plain one, and 128 random bits. */
export interface SealTools {
  readonly macOf: (text: string) => string
  readonly sha256: (text: string) => string
  readonly salt: string
}

/** The head of a log that holds nothing. */
export const EMPTY_LOG: EventHead = { epoch: 0, seq: 0, mac: '' }

/**
 * Everything that the seal of an event covers, the seal of the event before included. JSON of a fixed
 * list has one spelling, so no two rows can share a text.
 */
export function canonicalEvent(record: Omit<EventRecord, 'mac' | 'details'>): string {
  const { epoch, seq, at, actor, via, kind, deviceId, role, requestId, tokenId } = record
  const { endsConnections, sessionId, detailsHash, prev } = record
  const columns = [epoch, seq, at, actor, via, kind, deviceId, role, requestId, tokenId, endsConnections]
  // Events from before the column keep the text that they were sealed with.
  const [look, more] = sessionId === undefined ? ['pairgate-event-1', []] : ['pairgate-event-2', [sessionId]]
  return JSON.stringify([look, ...columns.map((part) => part ?? null), ...more, detailsHash, prev])
}

/** The row that follows `head`. A recovery opens the next epoch; everything else stays in the one there is. */
export function sealEvent(entry: EventEntry, head: EventHead, tools: SealTools): EventRecord {
  const { event, change, actor, at } = entry
  const address = isLasting(event.kind) ? undefined : actor.remoteIp
  const body = writeDetails({ ...change, address, connection: actor.connId })
  const details = { salt: tools.salt, body }
  const opens = event.kind === 'log-recovered' || head.epoch === 0
  const unsealed = {
    seq: head.seq + 1,
    epoch: opens ? head.epoch + 1 : head.epoch,
    at,
    actor: actor.ref,
    via: actor.via,
    kind: event.kind,
    deviceId: 'deviceId' in event ? event.deviceId : undefined,
    role: 'role' in event ? event.role : undefined,
    requestId: subjectOf(event),
    tokenId: 'tokenId' in event ? event.tokenId : undefined,
    endsConnections: 'endsConnections' in event ? event.endsConnections : undefined,
    sessionId: sessionOf(event),
    detailsHash: hashDetails(details, tools.sha256),
    prev: head.mac,
  }
  return { ...unsealed, mac: tools.macOf(canonicalEvent(unsealed)), details }
}

function sessionOf(event: GatewayEvent): string | undefined {
  if ('sessionId' in event) return event.sessionId
  return 'home' in event ? event.home : undefined
}

/** What an event is about, beside a device: a request or an invitation. Both are UUIDs, and share a column. */
function subjectOf(event: GatewayEvent): string | undefined {
  if ('requestId' in event) return event.requestId
  return 'invitationId' in event ? event.invitationId : undefined
}

/** The salt has a fixed length, so salt and body cannot be shifted against each other. */
export function hashDetails({ salt, body }: StoredDetails, sha256: SealTools['sha256']): string {
  return sha256(`${salt}|${body}`)
}
