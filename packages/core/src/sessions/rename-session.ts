import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session, SessionFacts } from '../domain/session.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { findNamedSession } from './find-session.ts'
import { judgeKey, judgeManager, sessionState } from './manage-session.ts'

export interface SessionRename {
  /** How the session is named now. */
  readonly key: string
  readonly newKey?: string | undefined
  /** Empty or `null` takes the label away. */
  readonly label?: string | null | undefined
}

/**
 * Gives a session another key, another label, or both; it stays the same session, for its tokens too. An
 * admin whose token opens one session may give that one another label, and no key: by its key apps behind the
 * gateway know a session, so it would open there what is kept under any name that is free here (T43).
 */
export function createRenameSession({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, change: SessionRename): Promise<Result<SessionFacts>> =>
    decide(principal, async (decision) => {
      const { tx, actor, append } = decision
      const manager = judgeManager(actor, 'own')
      if (!manager.ok) return manager
      const session = await findNamedSession(tx, actor, change.key)
      if (!session) return refuse({ reason: 'session-unknown' })
      const renamed = await rename(decision, session, change)
      if (!renamed.ok) return renamed
      await tx.renameSession(renamed.value)
      const kept = { before: sessionState(session), after: sessionState(renamed.value) }
      await append({ kind: 'session-renamed', sessionId: session.id }, kept)
      const [facts] = await tx.listSessionFacts({ only: session.id, limit: 1 })
      return facts ? ok(facts) : refuse({ reason: 'session-unknown' })
    })
}

async function rename(
  decision: Decision,
  session: Session,
  { newKey, label }: SessionRename,
): Promise<Result<Session>> {
  if (newKey === undefined && label === undefined) return refuse({ reason: 'change-missing' })
  const named = { ...session, label: label === undefined ? session.label : label?.trim() || undefined }
  if (newKey === undefined || newKey === session.key) return ok(named)
  const manager = judgeManager(decision.actor, 'every')
  if (!manager.ok) return manager
  const key = await judgeKey(decision, newKey)
  return key.ok ? ok({ ...named, key: key.value }) : key
}
