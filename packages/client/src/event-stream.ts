import type { EventFrame } from '@pairgate/protocol/wire'
import { ClientError } from './client-error.ts'

/** Events that may wait for a slow reader; behind that he has missed too much to go on as if nothing were. */
const MOST_WAITING = 1_024

export interface EventSource {
  onEvent(listener: (event: EventFrame) => void): () => void
  /** Settles with the error that ended the session, or with `undefined`; never rejects. */
  readonly ended: Promise<unknown>
}

/**
 * The events of a session for `for await`. Listening begins with the first step and ends with the loop.
 * The loop ends when the session is closed and throws what the session ended with.
 * @throws ClientError `SLOW_READER`; the signal's reason.
 */
export async function* streamEvents(source: EventSource, signal?: AbortSignal): AsyncGenerator<EventFrame> {
  const waiting: EventFrame[] = []
  let wake = Promise.withResolvers<void>()
  let over: { readonly error: unknown } | undefined

  function end(error: unknown): void {
    over ??= { error }
    wake.resolve()
  }
  const abort = (): void => end(signal?.reason)
  signal?.throwIfAborted()
  signal?.addEventListener('abort', abort, { once: true })
  const stop = source.onEvent((event) => {
    if (waiting.length >= MOST_WAITING) return end(slowReader())
    waiting.push(event)
    wake.resolve()
  })
  void source.ended.then(end)

  try {
    for (;;) {
      for (let event = waiting.shift(); event; event = waiting.shift()) yield event
      if (over?.error !== undefined) throw over.error
      if (over) return
      await wake.promise
      wake = Promise.withResolvers<void>()
    }
  } finally {
    stop()
    signal?.removeEventListener('abort', abort)
  }
}

function slowReader(): ClientError {
  return new ClientError('SLOW_READER', `More than ${MOST_WAITING} events wait to be read.`)
}
