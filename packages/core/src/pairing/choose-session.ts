import {
  coversScopes,
  EVERY_SESSION,
  isMainSession,
  MAIN_SESSION,
  type Scope,
  type SessionId,
} from '@pairgate/protocol'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'
import { findNamedSession } from '../sessions/find-session.ts'

export interface SessionChoice {
  /** Key of an existing session, `main`, `new`, or `*`; left out, the token's own, else see below. */
  readonly wanted: string | undefined
  readonly scopes: readonly Scope[]
  readonly existing: Token | undefined
}

/** The session that a token will open: one that is there, or one that is to be made, with this key if it has one. */
export type ChosenSession =
  | { readonly id: SessionId }
  | { readonly id: undefined; readonly key: string | undefined }

const NEW_SESSION: ChosenSession = { id: undefined, key: undefined }

/**
 * The session that an approved token will open. Who is bound to one session takes others into that one and
 * knows no other. Else an admin gets every session, and everybody else a new one.
 */
export async function chooseSession(
  decision: Decision,
  { wanted, scopes, existing }: SessionChoice,
): Promise<Result<ChosenSession>> {
  const { tx, actor } = decision
  const everywhere = actor.sessionId === EVERY_SESSION
  const mayOpenAll = everywhere && coversScopes(scopes, ['operator.admin'])
  if (wanted === undefined) {
    if (existing && existing.revokedAt === undefined) return ok({ id: existing.sessionId })
    if (!everywhere) return ok({ id: actor.sessionId })
    return mayOpenAll ? ok({ id: EVERY_SESSION }) : defaultSession(decision)
  }
  if (wanted === 'new') return everywhere ? ok(NEW_SESSION) : refuse({ reason: 'session-bound' })
  if (wanted === '*')
    return mayOpenAll ? ok({ id: EVERY_SESSION }) : refuse({ reason: 'session-not-allowed' })
  const session = await findNamedSession(tx, actor, wanted)
  if (session) return ok({ id: session.id })
  if (everywhere && isMainSession(wanted)) return ok({ id: undefined, key: MAIN_SESSION })
  return refuse({ reason: 'session-unknown' })
}

/** Only for who may open every session: anybody else stays in its own. */
async function defaultSession({ tx, actor, pairing }: Decision): Promise<Result<ChosenSession>> {
  const key = pairing.defaultSession
  if (key === 'own') return ok(NEW_SESSION)
  const session = await findNamedSession(tx, actor, key)
  if (session) return ok({ id: session.id })
  return isMainSession(key)
    ? ok({ id: undefined, key: MAIN_SESSION })
    : refuse({ reason: 'default-session-missing', key })
}
