import type { Instant, InvitationId } from '@pairgate/protocol'
import { isForeignInvitation } from '../access/foreign-invitation.ts'
import { findKnownActors } from '../access/known-actors.ts'
import type { Device } from '../domain/device.ts'
import { type Invitation, type InvitationState, invitationState } from '../domain/invitation.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import type { Session } from '../domain/session.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoreReader } from '../ports/store.ts'
import { listCandidates } from './candidates.ts'

/** An invitation with all that operators see of it. */
export interface InvitationView {
  readonly invitation: Invitation
  /** Who handed it out; `undefined` for somebody of whom the principal may not know. */
  readonly createdBy: string | undefined
  readonly state: InvitationState
  /** Only of an open one. */
  readonly candidates: readonly OpenRequest[]
  /** The session that it names, if that still exists. */
  readonly session: Session | undefined
  /** The device that redeemed it, if it is still paired. */
  readonly device: Device | undefined
}

export interface ListInvitationsDeps {
  readonly read: StoreReader
  readonly clock: Pick<Clock, 'now'>
}

/** All invitations of the last day that a principal may see, newest first. */
export function createListInvitations({ read, clock }: ListInvitationsDeps) {
  return async (principal: Principal): Promise<readonly InvitationView[]> => {
    const all = await read.listInvitations()
    const visible = all.filter((one) => !isForeignInvitation(principal, one))
    const makers = visible.map(({ createdBy }) => createdBy)
    const isKnown = await findKnownActors(read, principal, makers)
    return Promise.all(visible.map((one) => view(read, one, { now: clock.now(), isKnown })))
  }
}

/** One invitation by its id: whether it was redeemed, and by whom; `undefined` for an unknown or foreign one. */
export function createFindInvitation({ read, clock }: ListInvitationsDeps) {
  return async (principal: Principal, id: InvitationId): Promise<InvitationView | undefined> => {
    const found = await read.findInvitation(id)
    if (!found || isForeignInvitation(principal, found)) return undefined
    const isKnown = await findKnownActors(read, principal, [found.createdBy])
    return view(read, found, { now: clock.now(), isKnown })
  }
}

interface ViewContext {
  readonly now: Instant
  readonly isKnown: (actor: string) => boolean
}

async function view(
  read: StoreReader,
  invitation: Invitation,
  { now, isKnown }: ViewContext,
): Promise<InvitationView> {
  const state = invitationState(invitation, now)
  const { session: named, redeemedBy, createdBy } = invitation
  return {
    invitation,
    createdBy: isKnown(createdBy) ? createdBy : undefined,
    state,
    candidates: state === 'open' ? await listCandidates(read, invitation.id, now) : [],
    session:
      named === undefined || named === 'new' || named === 'main' ? undefined : await read.findSession(named),
    device: redeemedBy && (await read.findDevice(redeemedBy)),
  }
}
