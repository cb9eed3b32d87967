import type { Instant } from '@pairgate/protocol'
import { invitationState } from '../domain/invitation.ts'
import type { StoreTransaction } from '../ports/store.ts'

/** Under this name the database keeps that the gateway has, or has had, an owner. */
export const CLAIMED = 'claimed'

/**
 * An admin lives: from now on nobody becomes one by being first. Said in the same transaction as whatever
 * made that admin, and never taken back, whatever becomes of all admins later.
 */
export async function endClaim(tx: StoreTransaction, now: Instant): Promise<void> {
  if ((await tx.findMeta(CLAIMED)) !== undefined) return
  await tx.saveMeta(CLAIMED, String(now))
  for (const invitation of await tx.listInvitations()) {
    if (invitation.claim && invitationState(invitation, now) === 'open')
      await tx.cancelInvitation(invitation.id, now)
  }
}
