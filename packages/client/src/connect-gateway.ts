import type { EventFrame, MethodName, MethodParams } from '@pairgate/protocol/wire'
import { createAccessTokens } from './access-tokens.ts'
import { createBackoff } from './backoff.ts'
import { ClientError } from './client-error.ts'
import { connectAsDevice } from './connect-as-device.ts'
import type { Connection, RequestOptions } from './connection.ts'
import { streamEvents } from './event-stream.ts'
import type {
  GatewaySession,
  GatewaySessionState,
  GatewaySessionTarget,
  ResumeHook,
} from './gateway-session.ts'
import { createListeners } from './listeners.ts'
import type { MethodResult } from './method-results.ts'
import { pairDevice } from './pair-device.ts'
import { monotonicNow } from './platform/system-clock.ts'
import { createSessionSlot } from './session-slot.ts'
import { pause, withDeadline } from './timer.ts'
import { closedError } from './transport/closed-error.ts'

const REQUEST_TIMEOUT_MS = 30_000
/** A connection that held this long was a good one, and the next drop starts with the shortest delay. */
const STEADY_MS = 30_000

/**
 * Keeps a device connected until it is closed, `signal` aborts, or the gateway says something that only a
 * person can change: revoked, not paired (without `wait`), wrong scopes.
 */
export function connectGateway(target: GatewaySessionTarget): GatewaySession {
  const stop = new AbortController()
  const signal = target.signal ? AbortSignal.any([target.signal, stop.signal]) : stop.signal
  const states = createListeners<GatewaySessionState>()
  const events = createListeners<EventFrame>()
  const hooks = new Set<ResumeHook>()
  const slot = createSessionSlot()
  const access = createAccessTokens(slot.filled)
  let state: GatewaySessionState = { kind: 'connecting' }

  function enter(next: GatewaySessionState): void {
    state = next
    if (next.kind === 'open') slot.fill(next.connection)
    else if (next.kind === 'closed')
      slot.end(next.error ?? new ClientError('CLOSED', 'The session was closed.'))
    else slot.empty()
    states.tell(next)
  }
  async function prepare(connection: Connection): Promise<void> {
    access.greet(connection)
    connection.onEvent(events.tell)
    for (const hook of hooks) await hook(connection)
  }

  // Begins in a later turn, so that whoever opens the session can listen to its first states.
  const ended = Promise.resolve().then(() => keepConnected({ ...target, signal }, { enter, prepare }))

  return {
    get state() {
      return state
    },
    onState: states.add,
    onEvent: events.add,
    events: (options = {}) => streamEvents({ onEvent: events.add, ended }, options.signal),
    resume(hook) {
      hooks.add(hook)
      if (state.kind === 'open') void catchUp(hook, state.connection)
      return () => {
        hooks.delete(hook)
      }
    },
    ...createCalls(slot.filled),
    accessToken: access.accessToken,
    async close() {
      stop.abort()
      await ended
    },
    ended,
  }
}

/** A hook that comes when the connection is there already; if it fails, the next connection begins with it. */
async function catchUp(hook: ResumeHook, connection: Connection): Promise<void> {
  try {
    await hook(connection)
  } catch {
    await connection.close()
  }
}

function createCalls(connected: () => Promise<Connection>): Pick<GatewaySession, 'call' | 'request'> {
  async function call(method: string, params?: unknown, options: RequestOptions = {}): Promise<unknown> {
    const { timeoutMs = REQUEST_TIMEOUT_MS, signal } = options
    const begun = monotonicNow()
    const timedOut = (): ClientError =>
      new ClientError('TIMEOUT', `gateway timeout after ${timeoutMs}ms`, { details: { method, timeoutMs } })
    const connection = await withDeadline(connected(), { timeoutMs, signal, timedOut })
    return connection.call(method, params, { ...options, timeoutMs: timeoutMs - (monotonicNow() - begun) })
  }
  return {
    call,
    request<M extends MethodName>(method: M, params: MethodParams<M>, options?: RequestOptions) {
      return call(method, params, options) as Promise<MethodResult<M>>
    },
  }
}

interface Keeping extends GatewaySessionTarget {
  readonly signal: AbortSignal
}

interface Keeper {
  enter(state: GatewaySessionState): void
  /** What has to be done on a new connection before anybody else uses it. */
  prepare(connection: Connection): Promise<void>
}

/** Connects again and again; answers with the error that made it stop. */
async function keepConnected(target: Keeping, keeper: Keeper): Promise<unknown> {
  const { signal } = target
  const { enter } = keeper
  const backoff = createBackoff(target.retry ?? {})
  let attempt = target
  try {
    for (;;) {
      enter({ kind: 'connecting' })
      const { error, wasIn, wasSteady } = await holdOneConnection(attempt, keeper)
      // It is redeemed once; from then on the device has a token of its own.
      if (wasIn) attempt = { ...attempt, invitation: undefined }
      if (wasSteady) backoff.reset()
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

interface Held {
  readonly error: ClientError
  readonly wasIn: boolean
  readonly wasSteady: boolean
}

/** @returns why the connection ended, if another one may follow; throws otherwise. */
async function holdOneConnection(target: Keeping, { enter, prepare }: Keeper): Promise<Held> {
  const { signal } = target
  let connection: Connection | undefined
  const leave = (): void => void connection?.close()
  signal.addEventListener('abort', leave, { once: true })
  try {
    connection = await openConnection(target, enter)
    const since = monotonicNow()
    if (signal.aborted) leave()
    await prepare(connection)
    enter({ kind: 'open', connection })
    const close = await connection.closed
    signal.throwIfAborted()
    return { error: closedError(close), wasIn: true, wasSteady: monotonicNow() - since >= STEADY_MS }
  } catch (error) {
    leave()
    if (!(error instanceof ClientError) || !error.shouldRetry()) throw error
    return { error, wasIn: connection !== undefined, wasSteady: false }
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

async function openConnection(target: Keeping, enter: Keeper['enter']): Promise<Connection> {
  if (!target.wait) return connectAsDevice(target)
  const { connection } = await pairDevice({
    ...target,
    wait: true,
    // An app that only wants to be connected is: it is told in the hello that this will end.
    acceptsUnpaired: true,
    onPending(pending) {
      enter({ kind: 'waiting', pending })
      target.onPending?.(pending)
    },
  })
  return connection
}
