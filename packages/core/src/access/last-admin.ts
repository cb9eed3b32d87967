import { isLiveAdmin, type Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'
import type { StoreReader } from '../ports/store.ts'
import type { Actor } from './reread-actor.ts'

/**
 * Whether a change of `before` into `after` (`undefined`: gone) would leave the gateway without an
 * admin. Only the owner on the host may do that: everybody else would lock the door from inside.
 */
export async function wouldLoseLastAdmin(
  tx: StoreReader,
  actor: Actor,
  change: { readonly before: readonly Token[]; readonly after: readonly Token[] },
  { now, idleMs }: Pick<Decision, 'now' | 'idleMs'>,
): Promise<boolean> {
  const isLive = (token: Token) => isLiveAdmin(token, now, idleMs)
  if (actor.isOwner || !change.before.some(isLive)) return false
  // An admin with a deadline is one that goes by itself, so it does not count as one that stays.
  const stays = (token: Token) => isLive(token) && token.expiresAt === undefined
  if (change.after.some(stays)) return false
  if (!change.before.some(stays) && change.after.some(isLive)) return false
  const touched = new Set(change.before.map((token) => token.tokenId))
  const others = (await tx.listTokens()).filter((token) => !touched.has(token.tokenId))
  const wasStaying = change.before.some(stays)
  return !others.some((token) => (wasStaying ? stays(token) : isLive(token)))
}

/** Whether there is an admin whose token has no deadline. */
export async function hasLastingAdmin({ tx, now, idleMs }: Decision): Promise<boolean> {
  const tokens = await tx.listTokens()
  return tokens.some((token) => token.expiresAt === undefined && isLiveAdmin(token, now, idleMs))
}
