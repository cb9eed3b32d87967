import type { Principal } from '../domain/principal.ts'
import { ok, type Result } from '../domain/result.ts'
import type { SessionFacts } from '../domain/session.ts'
import type { Decide } from '../events/decide.ts'
import type { Random } from '../ports/random.ts'
import { insertSession, judgeKey, judgeManager } from './manage-session.ts'

export interface NewSession {
  readonly key: string
  readonly label?: string | undefined
}

/** Makes an empty session, which tokens can be given then. Only who holds every session may. */
export function createCreateSession({
  decide,
  random,
}: {
  readonly decide: Decide
  readonly random: Random
}) {
  return (principal: Principal, wanted: NewSession): Promise<Result<SessionFacts>> =>
    decide(principal, async (decision) => {
      const manager = judgeManager(decision.actor, 'every')
      if (!manager.ok) return manager
      const key = await judgeKey(decision, wanted.key)
      if (!key.ok) return key
      const label = wanted.label?.trim() || undefined
      const session = await insertSession(decision, random, { key: key.value, label })
      return ok({ session, lastSeq: 0, lastAt: undefined, tokens: 0 })
    })
}
