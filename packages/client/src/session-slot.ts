import type { Connection } from './connection.ts'

/** The place of a session's present connection, for requests that have to wait for one. */
export interface SessionSlot {
  /** The connection that is there, or the next one. @throws what the session ended with. */
  filled(): Promise<Connection>
  fill(connection: Connection): void
  empty(): void
  end(error: unknown): void
}

export function createSessionSlot(): SessionSlot {
  let isFilled = false
  let coming = Promise.withResolvers<Connection>()
  // It may end while nobody waits, and that is no unhandled rejection.
  coming.promise.catch(() => undefined)

  function empty(): void {
    if (!isFilled) return
    isFilled = false
    coming = Promise.withResolvers<Connection>()
    coming.promise.catch(() => undefined)
  }

  return {
    filled: () => coming.promise,
    fill(connection) {
      isFilled = true
      coming.resolve(connection)
    },
    empty,
    end(error) {
      empty()
      coming.reject(error)
    },
  }
}
