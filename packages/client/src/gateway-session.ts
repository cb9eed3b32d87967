import type { EventFrame, MethodName, MethodParams } from '@pairgate/protocol/wire'
import type { AccessAsk, AccessOptions } from './access-tokens.ts'
import type { BackoffOptions } from './backoff.ts'
import type { ClientError } from './client-error.ts'
import type { Connection, DeviceTarget, RequestOptions } from './connection.ts'
import type { MethodResult } from './method-results.ts'
import type { PendingPairing } from './pair-device.ts'

export type GatewaySessionState =
  | { readonly kind: 'connecting' }
  /** An operator has to decide; the session asks again by itself. Only with `wait`. */
  | { readonly kind: 'waiting'; readonly pending: PendingPairing }
  | { readonly kind: 'open'; readonly connection: Connection }
  /** Dropped or refused for now; the next attempt comes by itself. */
  | { readonly kind: 'paused'; readonly retryInMs: number; readonly error: ClientError }
  /** Over: `close()` was called, or an error that no further attempt would cure. */
  | { readonly kind: 'closed'; readonly error?: unknown }

/** What is to be done on every new connection, before anything else is: subscribing, catching up. */
export type ResumeHook = (connection: Connection) => Promise<unknown>

/** A device's connection that comes back after drops, restarts of the gateway and rotations of its token. */
export interface GatewaySession {
  readonly state: GatewaySessionState
  /** Hears every change from now on. @returns how to stop listening. */
  onState(listener: (state: GatewaySessionState) => void): () => void
  /** Hears the events of every connection; those that happen between two connections are not repeated. */
  onEvent(listener: (event: EventFrame) => void): () => void
  /**
   * The same events for `for await`; the loop ends with the session, or throws what the session ended with.
   * @throws ClientError `SLOW_READER` when more than 1,024 events wait; the signal's reason.
   */
  events(options?: { readonly signal?: AbortSignal }): AsyncGenerator<EventFrame>
  /**
   * Does this on the connection that is there and on every later one, before requests that wait for it are
   * sent. Speak through the connection that is handed over, not through the session. What it throws ends
   * that connection: another attempt follows if another attempt may help.
   * @returns how to stop.
   */
  resume(hook: ResumeHook): () => void
  /**
   * Waits for a connection, up to the timeout, and calls. A request that was under way when the connection
   * dropped fails with `CLOSED` and is not sent again: the gateway may have done it.
   */
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options?: RequestOptions,
  ): Promise<MethodResult<M>>
  /** Calls any method by its name; otherwise as `request`. */
  call(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
  /**
   * An access token (`pga_…`) of this device, for programs that send HTTP requests and cannot sign. It is asked
   * for over the connection, once for all who want the same, and remembered until shortly before its end;
   * after a rotation, or with another token, a new one is made.
   * @throws as `request`.
   */
  accessToken(ask?: AccessAsk, options?: AccessOptions): Promise<string>
  close(): Promise<void>
  /** Settles when the session is over, with the error that ended it or `undefined`; never rejects. */
  readonly ended: Promise<unknown>
}

export interface GatewaySessionTarget extends DeviceTarget {
  /** Delays between attempts: 1 s doubling to 30 s when left out; a gateway that asks for more gets it. */
  readonly retry?: BackoffOptions
  /** Stay while an operator has to decide, also after a revoke. Left out, that ends the session. */
  readonly wait?: boolean
  /** Told once for each request that stands, with `wait`. */
  readonly onPending?: (pending: PendingPairing) => void
}
