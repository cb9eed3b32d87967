import type { Scope } from '../scope.ts'
import type { SessionReach } from '../session-reach.ts'
import type { Audience, ProtocolVersion } from './protocol-version.ts'

export interface EventRow {
  readonly scope: Scope | 'none'
  readonly session: Extract<SessionReach, 'none' | 'every' | 'filtered'>
  /** Only for clients that announced `pairgate-1`. */
  readonly extended?: true
  /** The first protocol that has it; left out, all of ours. */
  readonly since?: ProtocolVersion
}

/** Every event that the gateway sends, and the scope that a session needs to hear it (protocol fact 14). */
export const EVENTS = {
  'connect.challenge': { scope: 'none', session: 'none' },
  'device.pair.requested': { scope: 'operator.pairing', session: 'filtered' },
  'device.pair.resolved': { scope: 'operator.pairing', session: 'filtered' },
  'device.pair.changed': { scope: 'operator.pairing', session: 'filtered', since: 4 },
  'device.pair.setup.completed': { scope: 'operator.pairing', session: 'filtered', since: 4 },
  'device.pair.invitation': { scope: 'operator.pairing', session: 'filtered', extended: true },
  'device.pair.guessing': { scope: 'operator.pairing', session: 'none', extended: true },
  'device.pair.due': { scope: 'none', session: 'none', extended: true },
  'device.presence': { scope: 'operator.pairing', session: 'filtered', extended: true },
  chat: { scope: 'operator.read', session: 'filtered', extended: true },
  presence: { scope: 'operator.read', session: 'filtered' },
  tick: { scope: 'none', session: 'none' },
  shutdown: { scope: 'none', session: 'none' },
} as const satisfies Record<string, EventRow>

export type EventName = keyof typeof EVENTS
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[]

/** The events that a client knows; a connection is told of no other. */
export function eventNames(audience: Audience): readonly EventName[] {
  return EVENT_NAMES.filter((name) => isEventFor(name, audience))
}

export function isEventFor(name: EventName, { protocol, extended }: Audience): boolean {
  const row: EventRow = EVENTS[name]
  return (extended || row.extended !== true) && (row.since ?? 0) <= protocol
}

/**
 * Payload of `connect.challenge`. It leaves before a client has said which protocol it speaks, so it holds
 * what all of them know. `ownerProof` only on the owner's socket.
 */
export interface ChallengePayload {
  readonly nonce: string
  readonly ts: number
  /** `pairgate-1`: a client that knows it may sign text v4. */
  readonly capabilities: readonly string[]
  readonly ownerProof?: string
}
/** Payload of `device.pair.resolved`; `expired` and `superseded` are told as `rejected`, as OpenClaw does. */
export interface ResolvedPayload {
  readonly requestId: string
  readonly deviceId: string
  readonly decision: 'approved' | 'rejected'
  readonly ts: number
}

/** Payload of `device.pair.due`: who was let in without a pairing has to be paired by then. */
export interface DuePayload {
  readonly endsAtMs: number
  readonly requestId?: string
}
