import type { Scope } from '../scope.ts'

/** Every event that the gateway sends, and the scope that a session needs to hear it (protocol fact 14). */
export const EVENTS = {
  'connect.challenge': { scope: 'none' },
  'device.pair.requested': { scope: 'operator.pairing' },
  'device.pair.resolved': { scope: 'operator.pairing' },
  'device.pair.changed': { scope: 'operator.pairing' },
  tick: { scope: 'none' },
  shutdown: { scope: 'none' },
} as const satisfies Record<string, { readonly scope: Scope | 'none' }>

export type EventName = keyof typeof EVENTS
export const EVENT_NAMES = Object.keys(EVENTS) as readonly EventName[]

/** Payload of `connect.challenge`. `ownerProof` only on the owner's socket. */
export interface ChallengePayload {
  readonly nonce: string
  readonly ts: number
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
