import { EVERY_SESSION, type SessionId } from '@pairgate/protocol'
import type { Home } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import type { TellArrival } from '../devices/tell-arrival.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { newSessionFor } from '../domain/session.ts'
import { type Token, tokenFacts } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { chooseSession } from '../pairing/choose-session.ts'
import type { Random } from '../ports/random.ts'
import { findManaged, holdsWhole, type TokenTarget } from './manage-token.ts'

export interface Move extends TokenTarget {
  /** Key of an existing session, `new`, or `*`. */
  readonly session: string
}
export interface Moved {
  readonly token: Token
  /** Where the device lay before. */
  readonly home: Home
  /** Readable key of the session that it opens now, or `*`. */
  readonly session: string
}
export interface MoveTokenDeps {
  readonly decide: Decide
  readonly random: Pick<Random, 'sessionId'>
  readonly tellArrival: TellArrival
}

/**
 * Makes a token open another session. Its secret stays; its connections, which know the old session, are
 * closed. Only somebody who may open both sessions, and holds all that the token holds, may carry it over.
 */
export function createMoveToken({ decide, random, tellArrival }: MoveTokenDeps) {
  return async (principal: Principal, { session: wanted, ...target }: Move): Promise<Result<Moved>> => {
    const moving = await decide(principal, async (decision) => {
      const { tx, actor, now } = decision
      const found = await findManaged(decision, principal, target)
      const token = found?.token
      if (!token || token.revokedAt !== undefined || isSelfScoped(principal) || !holdsWhole(actor, token))
        return refuse({ reason: 'move-denied' })
      const chosen = await chooseSession(decision, {
        wanted,
        scopes: token.scopes,
        existing: undefined,
      })
      if (!chosen.ok) return chosen

      const sessionId = chosen.value.id ?? random.sessionId()
      const moved = { ...token, sessionId }
      const { home } = found
      if (sessionId === token.sessionId) return ok({ token, home, session: await keyOf(decision, sessionId) })
      // An admin of one session is none of the others, so leaving `*` counts as going.
      const after = token.sessionId === EVERY_SESSION ? [] : [moved]
      if (await wouldLoseLastAdmin(tx, actor, { before: [token], after }, decision))
        return refuse({ reason: 'last-admin' })
      if (chosen.value.id === undefined) {
        const made = { id: sessionId, key: chosen.value.key, by: actor.ref, now }
        await tx.insertSession(newSessionFor(token.deviceId, made))
      }
      await tx.saveToken(moved)
      const { deviceId, role, tokenId } = moved
      await decision.append(
        { kind: 'token-moved', deviceId, role, tokenId, home },
        { before: tokenFacts(token), after: tokenFacts(moved) },
      )
      return ok({ token: moved, home, session: await keyOf(decision, sessionId) })
    })
    if (moving.ok) await tellArrival(moving.value.token.deviceId, moving.value.home)
    return moving
  }
}

async function keyOf({ tx }: Decision, id: SessionId): Promise<string> {
  return id === EVERY_SESSION ? '*' : ((await tx.findSession(id))?.key ?? id)
}
