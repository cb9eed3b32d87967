import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { LoggedEvent } from '../domain/gateway-event.ts'
import type { StoreReader } from '../ports/store.ts'

/** How many are remembered; the oldest goes. */
const REMEMBERED = 10_000

export interface SessionKeys {
  /** The readable key of a session, `*` for all of them, `undefined` for one that there is not. */
  of(id: SessionId): string | undefined | Promise<string | undefined>
  /** An event is being applied: a session that was renamed or deleted is forgotten. */
  hear(logged: Pick<LoggedEvent, 'event'>): void
}

/** Reads each session once, as long as no event speaks of it. */
export function createSessionKeys({
  read,
}: {
  readonly read: Pick<StoreReader, 'findSession'>
}): SessionKeys {
  const keys = new Map<SessionId, string>()
  let changes = 0

  async function load(id: SessionId): Promise<string | undefined> {
    const before = changes
    const session = await read.findSession(id)
    if (!session) return undefined
    // What was read may be older than an event that was applied meanwhile.
    if (changes !== before) return session.key
    keys.set(id, session.key)
    const oldest = keys.size > REMEMBERED ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return session.key
  }
  return {
    of: (id) => (id === EVERY_SESSION ? '*' : (keys.get(id) ?? load(id))),
    hear({ event }) {
      if (!('sessionId' in event)) return
      changes += 1
      keys.delete(event.sessionId)
    },
  }
}
