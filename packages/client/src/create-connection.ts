import type { EventFrame, HelloOk, MethodName, MethodParams } from '@pairgate/protocol/wire'
import { ClientError } from './client-error.ts'
import type { Connection, RequestOptions } from './connection.ts'
import { createListeners } from './listeners.ts'
import type { MethodResult } from './method-results.ts'
import { createPendingRequests } from './pending-requests.ts'
import { startTickWatchdog } from './tick-watchdog.ts'
import { closedError } from './transport/closed-error.ts'
import { type FrameChannel, serializeRequest } from './transport/frame-channel.ts'

const REQUEST_TIMEOUT_MS = 30_000
/** Enough for what a gateway says between its hello and the caller's first listener. */
const MOST_HELD_EVENTS = 64
/** The handshake used request id 1. */
const FIRST_REQUEST = 2

/** A connection over a channel whose handshake is done. */
export function createConnection(channel: FrameChannel, hello: HelloOk): Connection {
  const pending = createPendingRequests(FIRST_REQUEST)
  const events = createListeners<EventFrame>(MOST_HELD_EVENTS)
  const watchdog = startTickWatchdog(
    hello.policy.tickIntervalMs,
    () => void channel.close(4000, 'tick timeout'),
  )

  channel.listen((frame) => {
    watchdog.feed()
    if (frame?.type === 'res') pending.settle(frame)
    else if (frame?.type === 'event') events.tell(frame)
  })
  void channel.closed.then((close) => {
    watchdog.stop()
    pending.rejectAll(closedError(close))
  })

  function call(method: string, params?: unknown, options: RequestOptions = {}): Promise<unknown> {
    return pending.open({ timeoutMs: REQUEST_TIMEOUT_MS, ...options, method }, (id) => {
      const text = serializeRequest({ id, method, params })
      refuseOversize(text, hello.policy.maxPayload)
      channel.send(text)
    })
  }

  return {
    hello,
    call,
    request<M extends MethodName>(method: M, params: MethodParams<M>, options?: RequestOptions) {
      return call(method, params, options) as Promise<MethodResult<M>>
    },
    onEvent: events.add,
    closed: channel.closed,
    async close() {
      await channel.close(1000, '')
    },
  }
}

// The gateway would answer with the end of the connection, and every other request on it would be lost.
function refuseOversize(text: string, maxPayload: number): void {
  // A letter takes three bytes at most, and most requests are short: they are not encoded twice.
  if (text.length * 3 <= maxPayload) return
  const bytes = new TextEncoder().encode(text).length
  if (bytes <= maxPayload) return
  throw new ClientError(
    'PROTOCOL',
    `The request has ${bytes} bytes; the gateway takes at most ${maxPayload}.`,
  )
}
