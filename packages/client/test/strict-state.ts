import type { IncomingMessage } from 'node:http'
import type { ConnectParams, RequestFrame } from '@pairgate/protocol/wire'
import type { WebSocket } from 'ws'

/** A device as this gateway knows it. */
export interface KnownDevice {
  token: string
  scopes: string[]
  /** Good for one more thing: a signed connect that fetches `token`. */
  previousToken?: string
  /** Whether `token` was shown by the device; from then on the key alone does not fetch it. */
  presented: boolean
  /** Why `token` is refused. */
  refusedBecause?: string
  session: string
}

export interface Peer {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  send(frame: unknown): void
  deviceId?: string
}

export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details?: Record<string, unknown>
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export interface StrictGateway {
  readonly url: string
  /** Every text that any client sent. */
  readonly heard: string[]
  /** Params of every connect that passed the shape check. */
  readonly connects: ConnectParams[]
  readonly peers: Set<Peer>
  readonly devices: Map<string, KnownDevice>
  readonly pending: Map<string, string>
  /** Secrets that let a device in, or have it confirmed first while it is not known. */
  readonly invitations: Set<string>
  tickIntervalMs: number
  maxPayload: number
  sharedToken: string | undefined
  /** Takes the place of challenge and handshake, to misbehave. */
  welcome: ((peer: Peer) => void) | undefined
  /** Takes the place of the answer to a method after the hello. */
  answer: ((peer: Peer, frame: RequestFrame) => void) | undefined
  /** Refuses the next connects, one entry each. */
  readonly refusals: Refusal[]
  approve(deviceId: string, scopes?: string[]): void
  rotate(deviceId: string, scopes?: string[]): void
  revoke(deviceId: string, why?: string): void
  cutAll(code: number, reason: string): void
  close(): Promise<void>
}
