import { EVERY_SESSION, isMainSession, MAIN_SESSION, type SessionId } from '@pairgate/protocol'
import type { Session } from '../domain/session.ts'
import type { StoreReader } from '../ports/store.ts'

/**
 * The session that somebody means by a name; left out, `main`. Who is bound to one session means that one by
 * `main` and by its key, and nothing else is even looked for: another one and none at all are the same, in
 * time too. Who holds every session means the session with that very key. Ids are no names.
 */
export async function findNamedSession(
  read: Pick<StoreReader, 'findSession' | 'findSessionByKey'>,
  who: { readonly sessionId: SessionId },
  name: string = MAIN_SESSION,
): Promise<Session | undefined> {
  if (who.sessionId === EVERY_SESSION) return read.findSessionByKey(isMainSession(name) ? MAIN_SESSION : name)
  const own = await read.findSession(who.sessionId)
  return own && (isMainSession(name) || own.key === name) ? own : undefined
}
