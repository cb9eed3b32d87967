import type { InvitationId, RequestId } from '@pairgate/protocol'
import { isForeignInvitation } from '../access/foreign-invitation.ts'
import type { Device } from '../domain/device.ts'
import { type Invitation, invitationState } from '../domain/invitation.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { Token } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { sessionsOf } from '../pairing/approve-request.ts'
import { listCandidates } from './candidates.ts'
import { type GrantInvitationDeps, grantInvitation, type Joined } from './grant-invitation.ts'
import { type CreatorPolicies, standingCreator } from './standing-creator.ts'
import type { TellInvitation } from './tell-invitation.ts'

export interface Confirmation {
  readonly id: InvitationId
  /** Left out: the one candidate that stands. */
  readonly requestId?: RequestId | undefined
}
export interface Confirmed {
  readonly request: OpenRequest
  readonly device: Device
  readonly tokens: readonly Token[]
  readonly sessions: ReadonlyMap<string, Session>
}
export interface ConfirmInvitationDeps extends GrantInvitationDeps, CreatorPolicies {
  readonly decide: Decide
  readonly tellInvitation: TellInvitation
}

/** The inviter has compared the words: this candidate gets what the invitation promises, the others a no. */
export function createConfirmInvitation(deps: ConfirmInvitationDeps) {
  return async (principal: Principal, confirmation: Confirmation): Promise<Result<Confirmed>> => {
    let joined: Joined | undefined
    const confirmed = await deps.decide(principal, async (decision): Promise<Result<Confirmed>> => {
      const { tx, now, actor } = decision
      const invitation = await findOpenInvitation(decision, principal, confirmation.id)
      if (!invitation.ok) return invitation
      const creator = await standingCreator(tx, deps, invitation.value, now)
      if (!creator.ok) return refuse({ reason: 'invitation-over', state: 'cancelled' })
      const request = await chooseCandidate(decision, confirmation)
      if (!request.ok) return request

      const { deviceId, publicKey, metadata } = request.value
      const granted = await grantInvitation(deps, decision, invitation.value, {
        deviceId,
        publicKey,
        metadata,
        via: invitation.value.codeMac === undefined ? 'link' : 'code',
        approvedBy: actor.ref,
        tells: false,
        accepts: request.value,
      })
      if (!granted.ok) return granted
      joined = granted.value
      const tokens = await tx.listTokens(deviceId)
      const { device } = granted.value
      return ok({ request: request.value, device, tokens, sessions: await sessionsOf(tx, tokens) })
    })
    if (joined && confirmed.ok) await deps.tellInvitation.redeemed(joined, confirmed.value.request)
    return confirmed
  }
}

/** "Foreign" and "unknown" answer alike to who manages only what is its own. */
export async function findOpenInvitation(
  { tx, now }: Pick<Decision, 'tx' | 'now'>,
  principal: Principal,
  id: InvitationId,
): Promise<Result<Invitation>> {
  const invitation = await tx.findInvitation(id)
  if (!invitation || isForeignInvitation(principal, invitation))
    return refuse({ reason: 'invitation-unknown' })
  const state = invitationState(invitation, now)
  return state === 'open' ? ok(invitation) : refuse({ reason: 'invitation-over', state })
}

async function chooseCandidate(
  { tx, now }: Decision,
  { id, requestId }: Confirmation,
): Promise<Result<OpenRequest>> {
  const candidates = await listCandidates(tx, id, now)
  const meant = requestId === undefined ? candidates : candidates.filter((one) => one.id === requestId)
  const [first, ...others] = meant
  if (!first) return refuse({ reason: 'candidate-missing' })
  return others.length === 0 ? ok(first) : refuse({ reason: 'candidates-several' })
}
