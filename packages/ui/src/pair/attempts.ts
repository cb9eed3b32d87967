import type { Connection } from '@pairgate/client'
import { createDelays } from './delays.ts'
import { type Attempt, type OpenDeps, openConnection, passes } from './open-connection.ts'

/** What becomes of an attempt; the signal aborts when another one takes its place. */
export interface Outcomes {
  arrived(connection: Connection, signal: AbortSignal): void
  failed(error: unknown, attempt: Attempt, signal: AbortSignal): Promise<void>
}

export interface Attempts {
  /** Ends the attempt before, and whatever came of it. */
  run(attempt: Attempt): Promise<void>
  /** Ends it for something else, until which the signal holds. */
  fresh(): AbortSignal
  stop(): void
}

/** One attempt at a time. While the gateway is away it is repeated by itself. */
export function createAttempts(deps: OpenDeps, { arrived, failed }: Outcomes): Attempts {
  const { enter } = deps
  let current = new AbortController()

  function fresh(): AbortSignal {
    current.abort()
    current = new AbortController()
    return current.signal
  }

  return {
    fresh,
    async run(attempt) {
      const signal = fresh()
      const { way } = attempt
      const delays = createDelays()
      enter({ kind: 'connecting', way, isAway: false })
      while (!signal.aborted) {
        try {
          return arrived(await openConnection(deps, attempt, signal), signal)
        } catch (error) {
          if (signal.aborted) return
          if (!passes(error)) return failed(error, attempt, signal)
          enter({ kind: 'connecting', way, isAway: true })
          await delays.next(error.retryAfterMs)
        }
      }
    },
    stop: () => current.abort(),
  }
}
