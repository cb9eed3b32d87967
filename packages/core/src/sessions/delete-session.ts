import { findHome } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { revokeToken, withoutRole } from '../domain/grant.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import { type Token, tokenFacts, tokenState } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { closeRequestsOf } from '../pairing/close-requests.ts'
import { findNamedSession } from './find-session.ts'
import { judgeManager, sessionState } from './manage-session.ts'

export interface SessionDeletion {
  readonly key: string
  /** Revoke the tokens that open it; without it, a session with live ones is not deleted. */
  readonly revokeTokens?: boolean | undefined
}

export interface DeletedSession {
  readonly session: Session
  /** How many tokens went with it. */
  readonly revoked: number
}

/**
 * Deletes a session with its messages, and revokes the tokens that open it in the same transaction. Its id
 * never comes back; its key is free for another session, which none of them opens.
 */
export function createDeleteSession({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, { key, revokeTokens }: SessionDeletion): Promise<Result<DeletedSession>> =>
    decide(principal, async (decision) => {
      const { tx, actor, now, idleMs, append } = decision
      const manager = judgeManager(actor, 'every')
      if (!manager.ok) return manager
      const session = await findNamedSession(tx, actor, key)
      if (!session) return refuse({ reason: 'session-unknown' })
      const tokens = await tx.listSessionTokens(session.id)
      const standing = tokens.filter(({ revokedAt }) => revokedAt === undefined)
      const live = standing.filter((token) => tokenState(token, now, idleMs) === 'live').length
      if (live > 0 && !revokeTokens) return refuse({ reason: 'session-in-use', tokens: live })
      if (await wouldLoseLastAdmin(tx, actor, { before: standing, after: [] }, decision))
        return refuse({ reason: 'last-admin' })

      // First, so that whoever is cut off by it is told why.
      await append({ kind: 'session-deleted', sessionId: session.id }, { before: sessionState(session) })
      // Expired ones too: a renewal would open a session that is gone.
      for (const token of standing) await revokeWith(decision, token)
      await tx.deleteSession(session.id)
      return ok({ session, revoked: standing.length })
    })
}

async function revokeWith(decision: Decision, token: Token): Promise<void> {
  const { tx, actor, now, append } = decision
  const { deviceId, role, tokenId } = token
  const home = await findHome(tx, deviceId)
  await tx.saveToken(revokeToken(token, actor.ref, now))
  const device = await tx.findDevice(deviceId)
  if (device) await tx.saveDevice(withoutRole(device, role))
  await append({ kind: 'token-revoked', deviceId, role, tokenId, home }, { before: tokenFacts(token) })
  await closeRequestsOf(deviceId, decision, home)
}
