import { EVERY_SESSION, MAIN_SESSION, parseSessionKey } from '@pairgate/protocol'
import type { Actor } from '../access/reread-actor.ts'
import type { EventState } from '../domain/event-details.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { Decision } from '../events/decide.ts'
import type { Random } from '../ports/random.ts'

/** Whether an actor may change sessions; `every`: also those that its own token does not open. */
export function judgeManager(actor: Actor, reach: 'own' | 'every'): Result<Actor> {
  if (!actor.isAdmin) return refuse({ reason: 'scope-missing', scope: 'operator.admin' })
  const isBound = actor.sessionId !== EVERY_SESSION
  return reach === 'every' && isBound ? refuse({ reason: 'session-bound' }) : ok(actor)
}

/** A key that a session can be given: well formed, not reserved, and not another one's. */
export async function judgeKey({ tx }: Pick<Decision, 'tx'>, text: string): Promise<Result<string>> {
  const key = parseSessionKey(text)
  if (key === undefined) return refuse({ reason: 'session-key-invalid' })
  return (await tx.findSessionByKey(key)) ? refuse({ reason: 'session-exists' }) : ok(key)
}

/** Inserts a session and says so in the log. */
export async function insertSession(
  { tx, actor, now, append }: Decision,
  random: Pick<Random, 'sessionId'>,
  { key, label }: { readonly key: string; readonly label: string | undefined },
): Promise<Session> {
  const session = { id: random.sessionId(), key, label, createdAt: now, createdBy: actor.ref }
  await tx.insertSession(session)
  await append({ kind: 'session-created', sessionId: session.id }, { after: sessionState(session) })
  return session
}

/** The session that is called `main`, for who holds every session; made when it is first written to. */
export async function ensureMain(decision: Decision, random: Pick<Random, 'sessionId'>): Promise<Session> {
  const there = await decision.tx.findSessionByKey(MAIN_SESSION)
  return there ?? insertSession(decision, random, { key: MAIN_SESSION, label: undefined })
}

/** What the event log keeps of a session when it changes. */
export function sessionState({ key, label }: Session): EventState {
  return { name: key, label }
}
