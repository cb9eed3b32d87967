import type { EventFrame, MethodName, MethodParams } from '@pairgate/protocol/wire'
import { type BackoffOptions, createBackoff } from './backoff.ts'
import { ClientError } from './client-error.ts'
import { connectAsDevice } from './connect-as-device.ts'
import type { Connection, DeviceTarget, RequestOptions } from './connection.ts'
import { createListeners } from './listeners.ts'
import type { MethodResult } from './method-results.ts'
import { monotonicNow } from './platform/system-clock.ts'
import { createSessionSlot } from './session-slot.ts'
import { pause, withDeadline } from './timer.ts'
import { closedError } from './transport/open-web-socket.ts'

const REQUEST_TIMEOUT_MS = 30_000
/** A connection that held this long was a good one, and the next drop starts with the shortest delay. */
const STEADY_MS = 30_000

export type DeviceSessionState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open'; readonly connection: Connection }
  /** Dropped or refused for now; the next attempt comes by itself. */
  | { readonly kind: 'paused'; readonly retryInMs: number; readonly error: ClientError }
  /** Over: `close()` was called, or an error that no further attempt would cure. */
  | { readonly kind: 'closed'; readonly error?: unknown }

/** A device's connection that comes back after drops, restarts of the gateway and rotations of its token. */
export interface DeviceSession {
  readonly state: DeviceSessionState
  /** Hears every change from now on. @returns how to stop listening. */
  onState(listener: (state: DeviceSessionState) => void): () => void
  /** Hears the events of every connection; those that happen between two connections are not repeated. */
  onEvent(listener: (event: EventFrame) => void): () => void
  /**
   * Waits for a connection, up to the timeout, and calls. A request that was under way when the connection
   * dropped fails with `CLOSED` and is not sent again: the gateway may have done it.
   */
  request<M extends MethodName>(
    method: M,
    params: MethodParams<M>,
    options?: RequestOptions,
  ): Promise<MethodResult<M>>
  call(method: string, params?: unknown, options?: RequestOptions): Promise<unknown>
  close(): Promise<void>
  /** Settles when the session is over, with the error that ended it or `undefined`; never rejects. */
  readonly ended: Promise<unknown>
}

export interface DeviceSessionTarget extends DeviceTarget {
  /** Delays between attempts: 1 s doubling to 30 s when left out. */
  readonly retry?: BackoffOptions
}

/**
 * Keeps a device connected until it is closed, `signal` aborts, or the gateway says something that only a
 * person can change: revoked, not paired, wrong scopes.
 */
export function openDeviceSession(target: DeviceSessionTarget): DeviceSession {
  const stop = new AbortController()
  const signal = target.signal ? AbortSignal.any([target.signal, stop.signal]) : stop.signal
  const states = createListeners<DeviceSessionState>()
  const events = createListeners<EventFrame>()
  const slot = createSessionSlot()
  let state: DeviceSessionState = { kind: 'connecting' }

  function enter(next: DeviceSessionState): void {
    state = next
    if (next.kind === 'open') {
      next.connection.onEvent(events.tell)
      slot.fill(next.connection)
    } else if (next.kind === 'closed') {
      slot.end(next.error ?? new ClientError('CLOSED', 'The session was closed.'))
    } else {
      slot.empty()
    }
    states.tell(next)
  }

  // Begins in a later turn, so that whoever opens the session can listen to its first states.
  const ended = Promise.resolve().then(() => keepConnected({ ...target, signal }, enter))

  async function call(method: string, params?: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { timeoutMs = REQUEST_TIMEOUT_MS } = options
    const begun = monotonicNow()
    const timedOut = (): ClientError =>
      new ClientError('TIMEOUT', `gateway timeout after ${timeoutMs}ms`, { details: { method, timeoutMs } })
    const connection = await withDeadline(slot.filled(), { timeoutMs, timedOut })
    return connection.call(method, params, { timeoutMs: timeoutMs - (monotonicNow() - begun) })
  }

  return {
    get state() {
      return state
    },
    onState: states.add,
    onEvent: events.add,
    call,
    request<M extends MethodName>(method: M, params: MethodParams<M>, options?: RequestOptions) {
      return call(method, params, options) as Promise<MethodResult<M>>
    },
    async close() {
      stop.abort()
      await ended
    },
    ended,
  }
}

interface Keeping extends DeviceSessionTarget {
  readonly signal: AbortSignal
}

/** Connects again and again; answers with the error that made it stop. */
async function keepConnected(target: Keeping, enter: (state: DeviceSessionState) => void): Promise<unknown> {
  const { signal } = target
  const backoff = createBackoff(target.retry ?? {})
  try {
    for (;;) {
      enter({ kind: 'connecting' })
      const error = await holdOneConnection(target, enter, backoff.reset)
      const retryInMs = backoff.next(error.retryAfterMs)
      enter({ kind: 'paused', retryInMs, error })
      await pause(retryInMs, signal)
    }
  } catch (error) {
    const cause = signal.aborted ? undefined : error
    enter({ kind: 'closed', ...(cause !== undefined && { error: cause }) })
    return cause
  }
}

/** @returns why the connection ended, if another one may follow; throws otherwise. */
async function holdOneConnection(
  target: Keeping,
  enter: (state: DeviceSessionState) => void,
  wasSteady: () => void,
): Promise<ClientError> {
  const { signal } = target
  try {
    const connection = await connectAsDevice(target)
    const since = monotonicNow()
    const leave = (): void => void connection.close()
    signal.addEventListener('abort', leave, { once: true })
    enter({ kind: 'open', connection })
    if (signal.aborted) leave()
    const close = await connection.closed
    signal.removeEventListener('abort', leave)
    signal.throwIfAborted()
    if (monotonicNow() - since >= STEADY_MS) wasSteady()
    return closedError(close)
  } catch (error) {
    if (error instanceof ClientError && error.shouldRetry()) return error
    throw error
  }
}
