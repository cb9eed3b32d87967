import { type Core, type NewInvitation, ok, type Result } from '@pairgate/core'
import type { InvitationId, RequestId, SessionId } from '@pairgate/protocol'
import type {
  CancelInvitationResult,
  ConfirmResult,
  InvitationList,
  InviteResult,
} from '@pairgate/protocol/wire'
import type { Endpoint } from '../../endpoints/choose-endpoints.ts'
import { invitationRow, inviteResult, sessionWord } from '../../wire/invitation-to-wire.ts'
import { pairedRow } from '../../wire/record-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface InvitationMethodsDeps {
  /** How long tokens may lie unused, by the settings. */
  readonly idleMs: () => number | undefined
  readonly core: Core
  readonly endpoints: () => readonly Endpoint[]
}

export interface InvitationMethods {
  readonly invite: Handler<'device.pair.invite'>
  readonly list: Handler<'device.pair.invitations'>
  readonly cancel: Handler<'device.pair.cancelInvitation'>
  readonly confirm: Handler<'device.pair.confirm'>
  readonly claimCode: Handler<'device.pair.claimCode'>
}

/** `device.pair.invite` and what follows: parsed params in, rows of the wire out. */
export function createInvitationMethods({
  core,
  endpoints,
  idleMs,
}: InvitationMethodsDeps): InvitationMethods {
  async function answer(made: Result<NewInvitation>): Promise<Result<InviteResult>> {
    if (!made.ok) return made
    const { session } = made.value.invitation
    const named =
      session !== undefined && session !== 'new' && session !== 'main' ? (session as SessionId) : undefined
    const key = named && (await core.sessionKeyOf(named))
    const word = sessionWord(made.value.invitation, key)
    return ok(inviteResult(made.value, word, endpoints()))
  }
  return {
    async invite({ principal }, { role = 'operator', ...order }) {
      return answer(await core.createInvitation(principal, { ...order, roles: [role] }))
    },
    async list({ principal }) {
      const invitations = (await core.listInvitations(principal)).map(invitationRow)
      return ok({ invitations } satisfies InvitationList)
    },
    async cancel({ principal }, { id }) {
      const cancelled = await core.cancelInvitation(principal, id as InvitationId)
      return cancelled.ok ? ok({ id } satisfies CancelInvitationResult) : cancelled
    },
    async confirm({ principal, extended }, { id, requestId }) {
      const confirmed = await core.confirmInvitation(principal, {
        id: id as InvitationId,
        requestId: requestId as RequestId | undefined,
      })
      if (!confirmed.ok) return confirmed
      const { request, device, tokens, sessions } = confirmed.value
      const row = pairedRow(device, { tokens, sessions, connected: undefined, extended, idleMs: idleMs() })
      return ok({ id, requestId: request.id, device: row } satisfies ConfirmResult)
    },
    async claimCode({ principal }) {
      return answer(await core.drawClaimCode(principal))
    },
  }
}
