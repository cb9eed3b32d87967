import { EVERY_SESSION } from '@pairgate/protocol'
import type { Invitation } from '../domain/invitation.ts'
import { actorRef, isSelfScoped, type Principal } from '../domain/principal.ts'

/**
 * Whether an invitation is none of the principal's business: its own always is; else a device that manages
 * only itself has none, and an admin of one session those that lead into it.
 */
export function isForeignInvitation(
  principal: Principal,
  { createdBy, session }: Pick<Invitation, 'createdBy' | 'session'>,
): boolean {
  if (createdBy === actorRef(principal)) return false
  if (isSelfScoped(principal)) return true
  return principal.sessionId !== EVERY_SESSION && principal.sessionId !== session
}
