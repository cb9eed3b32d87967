import { ClientError, refusalError } from './client-error.ts'
import type { Answer } from './received-frame.ts'
import { timerDelay } from './timer.ts'

interface Pending {
  resolve(payload: unknown): void
  reject(error: unknown): void
  stop(): void
}

interface Asked {
  readonly method: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** The requests that wait for their answer, each with its deadline. */
export interface PendingRequests {
  /** Draws the next id and waits for its answer. `send` is called with the id, before anything waits. */
  open(asked: Asked, send: (id: string) => void): Promise<unknown>
  /** An answer to nobody, or one that comes after its deadline, is let go. */
  settle(answer: Answer): void
  rejectAll(error: Error): void
}

/** @param firstId number of the first request; those before it were used by the handshake. */
export function createPendingRequests(firstId: number): PendingRequests {
  const byId = new Map<string, Pending>()
  let nextId = firstId

  function take(id: string): Pending | undefined {
    const pending = byId.get(id)
    pending?.stop()
    byId.delete(id)
    return pending
  }

  return {
    async open({ method, timeoutMs, signal }, send) {
      signal?.throwIfAborted()
      const id = String(nextId)
      nextId += 1
      send(id)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const timer = setTimeout(() => take(id)?.reject(timedOut(method, timeoutMs)), timerDelay(timeoutMs))
      const abort = (): void => take(id)?.reject(signal?.reason)
      signal?.addEventListener('abort', abort, { once: true })
      const stop = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      }
      byId.set(id, { resolve, reject, stop })
      return promise
    },
    settle(answer) {
      const pending = take(answer.id)
      if (answer.ok) pending?.resolve(answer.payload)
      else pending?.reject(refusalError(answer.error))
    },
    rejectAll(error) {
      for (const id of [...byId.keys()]) take(id)?.reject(error)
    },
  }
}

function timedOut(method: string, timeoutMs: number): ClientError {
  return new ClientError('TIMEOUT', `gateway timeout after ${timeoutMs}ms`, {
    details: { method, timeoutMs },
  })
}
