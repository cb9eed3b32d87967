import { coversScopes, type Instant, narrowScopes, type Scope, type SessionId } from '@pairgate/protocol'
import { actorRef, type Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { tokenState } from '../domain/token.ts'
import type { StoreReader } from '../ports/store.ts'

/** The rights of an actor as they stand inside the transaction that is about to use them. */
export interface Actor {
  readonly ref: string
  readonly scopes: readonly Scope[]
  readonly isAdmin: boolean
  readonly isOwner: boolean
  readonly sessionId: SessionId
}

/**
 * Reads the actor's own grant again, under the append lock: an operator who was revoked, rotated or
 * narrowed a moment ago can no longer commit, whatever its connection still believes.
 */
export async function rereadActor(
  tx: StoreReader,
  principal: Principal,
  now: Instant,
): Promise<Result<Actor>> {
  const scopes = await standingScopes(tx, principal, now)
  if (!scopes) return refuse({ reason: 'actor-gone' })
  return ok({
    ref: actorRef(principal),
    scopes,
    isAdmin: coversScopes(scopes, ['operator.admin']),
    isOwner: principal.kind === 'owner',
    sessionId: principal.sessionId,
  })
}

async function standingScopes(tx: StoreReader, principal: Principal, now: Instant) {
  if (principal.kind === 'unpaired') return now < principal.endsAt ? principal.scopes : undefined
  if (principal.kind !== 'device') return principal.scopes
  const token = await tx.findToken(principal.deviceId, principal.role)
  if (token?.tokenId !== principal.tokenId || tokenState(token, now, undefined) !== 'live') return undefined
  // Moved to another session a moment ago: what the connection knows of itself is no longer so.
  if (token.sessionId !== principal.sessionId) return undefined
  return narrowScopes(token.scopes, principal.scopes)
}
