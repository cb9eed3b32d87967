import { coversScopes, EVERY_SESSION, type Scope, type SessionId } from '@pairgate/protocol'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface SessionChoice {
  /** Key of an existing session, `new`, or `*`; left out: the token's own, else `*` for an admin and a new one otherwise. */
  readonly wanted: string | undefined
  readonly scopes: readonly Scope[]
  readonly existing: Token | undefined
}

/**
 * The session that an approved token will open.
 * @returns its id, or `undefined` inside `ok` when a new one is to be made.
 */
export async function chooseSession(
  { tx, actor }: Decision,
  { wanted, scopes, existing }: SessionChoice,
): Promise<Result<SessionId | undefined>> {
  const everywhere = actor.sessionId === EVERY_SESSION
  const mayOpenAll = everywhere && coversScopes(scopes, ['operator.admin'])
  if (wanted === undefined) {
    if (existing && existing.revokedAt === undefined) return ok(existing.sessionId)
    return ok(mayOpenAll ? EVERY_SESSION : undefined)
  }
  if (wanted === 'new') return ok(undefined)
  if (wanted === '*') return mayOpenAll ? ok(EVERY_SESSION) : refuse({ reason: 'session-not-allowed' })
  const session = await tx.findSessionByKey(wanted)
  // A caller that is bound to one session must not learn which others there are.
  if (!session || !(everywhere || session.id === actor.sessionId))
    return refuse({ reason: 'session-unknown' })
  return ok(session.id)
}
