import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { StoreReader } from '../ports/store.ts'

/** How many are remembered; the oldest goes. */
const REMEMBERED = 10_000

/** The readable key of a session, `*` for all of them, `undefined` for one that there is not. */
export type SessionKeyOf = (id: SessionId) => string | undefined | Promise<string | undefined>

/** Reads each session once: a session keeps its id and its key for ever. */
export function createSessionKeyOf({
  read,
}: {
  readonly read: Pick<StoreReader, 'findSession'>
}): SessionKeyOf {
  const keys = new Map<SessionId, string>()

  async function load(id: SessionId): Promise<string | undefined> {
    const session = await read.findSession(id)
    if (!session) return undefined
    keys.set(id, session.key)
    const oldest = keys.size > REMEMBERED ? keys.keys().next().value : undefined
    if (oldest !== undefined) keys.delete(oldest)
    return session.key
  }
  return (id) => (id === EVERY_SESSION ? '*' : (keys.get(id) ?? load(id)))
}
