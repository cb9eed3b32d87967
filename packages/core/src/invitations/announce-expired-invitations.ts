import type { Instant } from '@pairgate/protocol'
import type { Clock } from '../ports/clock.ts'
import type { StoreReader } from '../ports/store.ts'
import type { TellInvitation } from './tell-invitation.ts'

export interface AnnounceExpiredInvitationsDeps {
  readonly read: Pick<StoreReader, 'listInvitations'>
  readonly clock: Pick<Clock, 'now'>
  readonly tellInvitation: Pick<TellInvitation, 'over'>
}

/** Tells those who invited of invitations whose time ran out since the last call. */
export function createAnnounceExpiredInvitations(deps: AnnounceExpiredInvitationsDeps) {
  const { read, clock, tellInvitation } = deps
  let told: Instant = clock.now()
  return async (): Promise<void> => {
    const until = clock.now()
    const all = await read.listInvitations()
    const since = told
    told = until
    for (const invitation of all) {
      const { expiresAt, redeemedBy, cancelledAt } = invitation
      const ended = expiresAt !== undefined && expiresAt > since && expiresAt <= until
      if (ended && redeemedBy === undefined && cancelledAt === undefined)
        tellInvitation.over(invitation, 'expired')
    }
  }
}
