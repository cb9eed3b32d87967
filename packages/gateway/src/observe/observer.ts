import type { ConnectPeer } from '@pairgate/core'
import type { DeviceId } from '@pairgate/protocol'
import type { Connection } from '../ws/connection.ts'

/** How a handshake ended. */
export interface EndedHandshake {
  /** `accepted`, or why not. */
  readonly outcome: string
  /** From the first frame to the answer; absent when there was nothing to answer. */
  readonly ms: number | undefined
  readonly peer: Pick<ConnectPeer, 'connId' | 'remoteIp' | 'prefix'>
  /** Of the connect, as the peer chose it. */
  readonly id?: string | undefined
  /** As the peer sent it. */
  readonly traceparent?: string | undefined
  /** As asked for; a word of ours only when the outcome is `accepted`. */
  readonly role?: string | undefined
  /** Only of a device that has proved its key. */
  readonly deviceId?: DeviceId | undefined
}

/** A request that was answered. */
export interface AnsweredRequest {
  /** As the peer chose it. */
  readonly id: string
  /** A method of ours, or `unknown`. */
  readonly method: string
  /** As the peer sent it. */
  readonly traceparent?: string | undefined
}

/** Told of what happens on the sockets; it changes nothing there. What an observer does stands in the way of every request. */
export interface Observer {
  handshake(ended: EndedHandshake): void
  /** `outcome` is `ok`, or why not. */
  request(connection: Connection, request: AnsweredRequest, outcome: string, ms: number): void
}
