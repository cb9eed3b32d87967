import type { IncomingHttpHeaders } from 'node:http'
import type { DevicePrincipal } from '@pairgate/core'
import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { SessionPlace } from '../config/upstream-config.ts'

export interface SessionOfRequestDeps {
  /** The readable key of a session. */
  readonly sessionKeyOf: (id: SessionId) => string | undefined | Promise<string | undefined>
}

interface Asked {
  readonly segments: readonly string[]
  readonly headers: IncomingHttpHeaders
}

/**
 * The session that a request is about, as the header that the upstream reads it from. `refused`: the caller is
 * bound to another one. Who is bound to none may name any.
 */
export type SessionOfRequest = (
  principal: DevicePrincipal,
  place: SessionPlace,
  asked: Asked,
) => Promise<readonly [string, string] | undefined | 'refused'>

/** By these words everybody means the own session. */
const OWN: ReadonlySet<string> = new Set(['main', 'agent:main:main'])

export function createSessionOfRequest({ sessionKeyOf }: SessionOfRequestDeps): SessionOfRequest {
  return async ({ sessionId }, place, { segments, headers }) => {
    if (place.kind === 'segment') {
      const isOwn =
        sessionId === EVERY_SESSION || names(segments[place.at], sessionId, await sessionKeyOf(sessionId))
      return isOwn ? undefined : 'refused'
    }
    const { name } = place
    const said = headers[name]
    const named = said === undefined ? undefined : String(said)
    if (sessionId === EVERY_SESSION) return named === undefined ? undefined : [name, named]
    const key = await sessionKeyOf(sessionId)
    if (key === undefined) return 'refused'
    const isOwn = named === undefined || OWN.has(named) || names(named, sessionId, key)
    return isOwn ? [name, key] : 'refused'
  }
}

function names(text: string | undefined, id: SessionId, key: string | undefined): boolean {
  return text !== undefined && (text === id || text === key)
}
