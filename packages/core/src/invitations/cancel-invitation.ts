import type { DeviceId, InvitationId } from '@pairgate/protocol'
import { type Invitation, invitationFacts, invitationState, isUsable } from '../domain/invitation.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result } from '../domain/result.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { rejectCandidates } from './candidates.ts'
import { findOpenInvitation } from './confirm-invitation.ts'
import type { TellInvitation } from './tell-invitation.ts'

export interface CancelInvitationDeps {
  readonly decide: Decide
  readonly tellInvitation: TellInvitation
}

/** Takes an invitation back before anybody has redeemed it. */
export function createCancelInvitation({ decide, tellInvitation }: CancelInvitationDeps) {
  return async (principal: Principal, id: InvitationId): Promise<Result<Invitation>> => {
    const cancelled = await decide(principal, async (decision) => {
      const found = await findOpenInvitation(decision, principal, id)
      if (!found.ok) return found
      await end(decision, found.value)
      return ok(found.value)
    })
    if (cancelled.ok) tellInvitation.over(cancelled.value, 'cancelled')
    return cancelled
  }
}

/**
 * A device that was revoked or removed has invited nobody any more, and what it redeemed tells nobody its
 * tokens again; `undefined`: everybody's.
 */
export async function closeInvitationsOf(deviceId: DeviceId | undefined, decision: Decision): Promise<void> {
  const { tx, now } = decision
  const concerns = ({ createdBy, redeemedBy, claim }: Invitation) =>
    deviceId === undefined ? !claim : createdBy === `device:${deviceId}` || redeemedBy === deviceId
  for (const invitation of await tx.listInvitations()) {
    if (concerns(invitation) && isUsable(invitation, now)) await end(decision, invitation)
  }
}

async function end(decision: Decision, invitation: Invitation): Promise<void> {
  const { tx, now, append } = decision
  if (!(await tx.cancelInvitation(invitation.id, now))) return
  const wasOpen = invitationState(invitation, now) === 'open'
  await append(
    { kind: 'invitation-cancelled', invitationId: invitation.id },
    { before: invitationFacts(invitation) },
  )
  if (wasOpen) await rejectCandidates(decision, invitation.id)
}
