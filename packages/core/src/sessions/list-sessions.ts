import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { SessionFacts } from '../domain/session.ts'
import type { StoreReader } from '../ports/store.ts'
import { findNamedSession } from './find-session.ts'

export interface SessionList {
  readonly sessions: readonly SessionFacts[]
  /** How many there are that the principal may see. */
  readonly count: number
}

export interface ListSessionsDeps {
  readonly read: StoreReader
}

/** The sessions that a principal's token opens: one, or all of them, the newest first. */
export function createListSessions({ read }: ListSessionsDeps) {
  return async ({ sessionId }: Principal, limit: number): Promise<SessionList> => {
    const only = sessionId === EVERY_SESSION ? undefined : sessionId
    const sessions = await read.listSessionFacts({ only, limit })
    return { sessions, count: only === undefined ? await read.countSessions() : sessions.length }
  }
}

/** How a session is looked for: by its id or by its name; left out, the caller's own. */
export interface SessionName {
  readonly key?: string | undefined
  readonly sessionId?: string | undefined
}

/** Finds one of the same sessions. Any other answers as one that does not exist. */
export function createShowSession({ read }: ListSessionsDeps) {
  return async (principal: Principal, { key, sessionId }: SessionName): Promise<Result<SessionFacts>> => {
    const reaches = (id: string) => principal.sessionId === EVERY_SESSION || principal.sessionId === id
    const id =
      sessionId === undefined || key !== undefined
        ? (await findNamedSession(read, principal, key))?.id
        : reaches(sessionId) && sessionId !== EVERY_SESSION
          ? (sessionId as SessionId)
          : undefined
    const [facts] = id === undefined ? [] : await read.listSessionFacts({ only: id, limit: 1 })
    const same = sessionId === undefined || facts?.session.id === sessionId
    return facts && same ? ok(facts) : refuse({ reason: 'session-unknown' })
  }
}
