import type { DeviceId, InvitationId } from '@pairgate/protocol'
import { findHome } from '../access/home-session.ts'
import { type Invitation, invitationState, redeemed } from '../domain/invitation.ts'
import { isOpen, type OpenRequest, rejectRequest } from '../domain/pairing-request.ts'
import type { Decision } from '../events/decide.ts'
import type { StoreReader } from '../ports/store.ts'

/** Devices that brought the right secret and wait for the inviter, side by side. */
export async function listCandidates(
  read: StoreReader,
  invitation: InvitationId,
  now: Decision['now'],
): Promise<readonly OpenRequest[]> {
  return (await read.listRequestsOf(invitation)).filter((request) => isOpen(request, now))
}

/** Whether the inviter has said no to this device: for this invitation that is the end (protocol fact 13). */
export async function wasRejected(
  read: StoreReader,
  invitation: InvitationId,
  deviceId: DeviceId,
): Promise<boolean> {
  const filed = await read.listRequestsOf(invitation)
  return filed.some((request) => request.deviceId === deviceId && request.state === 'rejected')
}

/** One invitation admits one device: who else stands there is told no. */
export async function rejectCandidates(
  { tx, actor, now, append }: Decision,
  invitation: InvitationId,
): Promise<void> {
  for (const request of await listCandidates(tx, invitation, now)) {
    if (await tx.settleRequest(rejectRequest(request, actor.ref, now))) {
      const { id: requestId, deviceId } = request
      await append({ kind: 'pairing-rejected', requestId, deviceId, home: await findHome(tx, deviceId) })
    }
  }
}

/** A candidate that was approved like any other request has used its invitation up. */
export async function consumeByApproval(
  decision: Decision,
  { invitationId, deviceId }: Pick<OpenRequest, 'invitationId' | 'deviceId'>,
): Promise<Invitation | undefined> {
  const { tx, now } = decision
  const found = invitationId && (await tx.findInvitation(invitationId))
  if (!found || invitationState(found, now) !== 'open') return undefined
  const after = redeemed(found, deviceId, now)
  await tx.redeemInvitation(after)
  await rejectCandidates(decision, found.id)
  return after
}
