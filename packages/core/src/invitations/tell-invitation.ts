import { EVERY_SESSION } from '@pairgate/protocol'
import type { Invitation } from '../domain/invitation.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { StoreReader } from '../ports/store.ts'
import type { Joined } from './grant-invitation.ts'

export interface TellInvitationDeps {
  readonly live: Pick<LiveConnections, 'tell'>
  readonly clock: Pick<Clock, 'now'>
  readonly read: Pick<StoreReader, 'findSession'>
}

/** Tells those who may know what becomes of an invitation, once it is committed. */
export interface TellInvitation {
  created(invitation: Invitation): void
  candidate(invitation: Invitation, request: OpenRequest): void
  redeemed(joined: Joined, request: OpenRequest | undefined): Promise<void>
  over(invitation: Invitation, state: 'cancelled' | 'expired'): void
}

export function createTellInvitation({ live, clock, read }: TellInvitationDeps): TellInvitation {
  return {
    created(invitation) {
      live.tell({ kind: 'invitation', state: 'created', invitation, at: clock.now() })
    },
    candidate(invitation, request) {
      live.tell({ kind: 'invitation', state: 'candidate', invitation, request, at: clock.now() })
    },
    async redeemed({ invitation, device, tokens }, request) {
      const token = tokens.find(({ role }) => role === 'operator') ?? tokens[0]
      if (!token) return
      const { sessionId } = token
      const session = sessionId === EVERY_SESSION ? '*' : (await read.findSession(sessionId))?.key
      const joined = { device, token, session }
      live.tell({ kind: 'invitation', state: 'redeemed', invitation, request, joined, at: clock.now() })
    },
    over(invitation, state) {
      live.tell({ kind: 'invitation', state, invitation, at: clock.now() })
    },
  }
}
