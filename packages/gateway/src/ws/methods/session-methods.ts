import { type Core, ok } from '@pairgate/core'
import type { SessionDeleteResult, SessionListResult, SessionResult } from '@pairgate/protocol/wire'
import { sessionRow } from '../../wire/session-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface SessionMethods {
  readonly list: Handler<'sessions.list'>
  readonly resolve: Handler<'sessions.resolve'>
  readonly create: Handler<'sessions.create'>
  readonly patch: Handler<'sessions.patch'>
  readonly delete: Handler<'sessions.delete'>
}

const LISTED = 100

/** `sessions.*`: parsed params in, rows of the wire out. */
export function createSessionMethods({ core }: { readonly core: Core }): SessionMethods {
  return {
    async list({ principal }, { limit = LISTED }) {
      const { sessions, count } = await core.listSessions(principal, limit)
      const rows = sessions.map((each) => sessionRow(each, principal))
      return ok({ sessions: rows, count } satisfies SessionListResult)
    },
    async resolve({ principal }, params) {
      const found = await core.showSession(principal, params)
      return found.ok ? ok({ session: sessionRow(found.value, principal) } satisfies SessionResult) : found
    },
    async create({ principal }, params) {
      const made = await core.createSession(principal, params)
      return made.ok ? ok({ session: sessionRow(made.value, principal) } satisfies SessionResult) : made
    },
    async patch({ principal }, params) {
      const renamed = await core.renameSession(principal, params)
      return renamed.ok
        ? ok({ session: sessionRow(renamed.value, principal) } satisfies SessionResult)
        : renamed
    },
    async delete({ principal }, params) {
      const gone = await core.deleteSession(principal, params)
      if (!gone.ok) return gone
      const { session, revoked: revokedTokens } = gone.value
      const { key, id: sessionId } = session
      return ok({ key, sessionId, deleted: true, revokedTokens } satisfies SessionDeleteResult)
    },
  }
}
