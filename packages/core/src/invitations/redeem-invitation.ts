import { EVERY_SESSION, type Scope } from '@pairgate/protocol'
import { findHome, mayTakeIn } from '../access/home-session.ts'
import type { Actor } from '../access/reread-actor.ts'
import { type Device, tidyMetadata } from '../domain/device.ts'
import type { EventActor } from '../domain/gateway-event.ts'
import { deliverToken } from '../domain/grant.ts'
import { type Invitation, invites, isUsable } from '../domain/invitation.ts'
import type { OpenRequest, RequestFacts } from '../domain/pairing-request.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { DecideAs, Decision } from '../events/decide.ts'
import type { FileRequest } from '../pairing/file-request.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveConnections } from '../ports/live-connections.ts'
import type { Store, StoreReader } from '../ports/store.ts'
import { wasRejected } from './candidates.ts'
import { type GrantInvitationDeps, grantInvitation, type Joined } from './grant-invitation.ts'
import { type CreatorPolicies, standingCreator } from './standing-creator.ts'
import type { TellInvitation } from './tell-invitation.ts'

/** A device that has proved its key and brought the secret of an invitation. */
export interface Redemption
  extends Pick<RequestFacts, 'deviceId' | 'publicKey' | 'role' | 'metadata' | 'remoteIp' | 'prefix'> {
  readonly invitation: Invitation
  readonly by: 'code' | 'link'
  /** The inviter has to compare the words first. */
  readonly mustConfirm: boolean
  /** Empty: all that it was invited to. */
  readonly asked: readonly Scope[]
  readonly connId: string
}

export type Redeemed =
  | { readonly kind: 'joined'; readonly token: Token; readonly others: readonly Token[] }
  | { readonly kind: 'asks'; readonly request: OpenRequest; readonly device: Device | undefined }

export interface RedeemInvitationDeps extends GrantInvitationDeps, CreatorPolicies {
  readonly decideAs: DecideAs
  readonly store: Pick<Store, 'read'>
  readonly clock: Pick<Clock, 'now'>
  readonly fileRequest: FileRequest
  readonly live: LiveConnections
  readonly tellInvitation: TellInvitation
}

/** Whatever speaks against a redemption is told in one way: it must not say how far a guess came. */
export type RedeemInvitation = (redemption: Redemption) => Promise<Result<Redeemed>>

/**
 * The device gets what it was invited to, once: consumption, grant and events are one transaction. The same
 * device may repeat, because a reply that was lost on its way must harm nobody.
 */
export function createRedeemInvitation(deps: RedeemInvitationDeps): RedeemInvitation {
  return async (redemption) => {
    const { invitation, deviceId, mustConfirm } = redemption
    if (mustConfirm && invitation.redeemedBy !== deviceId) return ask(deps, redemption)
    const by: EventActor = {
      ref: `device:${deviceId}`,
      via: 'websocket',
      connId: redemption.connId,
      remoteIp: redemption.remoteIp,
    }
    let joined: Joined | undefined
    const standing = (tx: StoreReader, now: Decision['now']) => actorOf(deps, tx, { redemption, now })
    const redeemed = await deps.decideAs<Redeemed>({ by, standing }, async (decision) => {
      const current = await decision.tx.findInvitation(invitation.id)
      if (!current || !(await fits(decision.tx, current, { redemption, now: decision.now }))) return INVALID
      if (current.redeemedBy !== undefined) return repeat(decision, current, redemption)
      const granted = await grantInvitation(deps, decision, current, {
        deviceId,
        publicKey: redemption.publicKey,
        metadata: tidyMetadata(redemption.metadata),
        via: redemption.by,
        approvedBy: current.createdBy,
        tells: true,
      })
      if (!granted.ok) return INVALID
      joined = granted.value
      return split(granted.value.tokens, redemption)
    })
    if (joined) await deps.tellInvitation.redeemed(joined, undefined)
    return redeemed
  }
}

const INVALID = refuse({ reason: 'bootstrap-invalid' })

interface Judged {
  readonly redemption: Redemption
  readonly now: Decision['now']
}

/** In whose name it is granted. A repeat is granted by nobody: all of it was given before. */
async function actorOf(
  deps: RedeemInvitationDeps,
  tx: StoreReader,
  { redemption, now }: Judged,
): Promise<Result<Actor>> {
  const current = await tx.findInvitation(redemption.invitation.id)
  if (!current) return INVALID
  if (current.redeemedBy === undefined) return standingCreator(tx, deps, current, now)
  return ok({
    ref: current.createdBy,
    scopes: [],
    isAdmin: false,
    isOwner: false,
    sessionId: EVERY_SESSION,
  })
}

/** Whether the device may have what it asks for, as far as the invitation itself says. */
async function fits(tx: StoreReader, current: Invitation, { redemption, now }: Judged): Promise<boolean> {
  const { deviceId, role, asked } = redemption
  if (!isUsable(current, now) || !invites(current, role, asked)) return false
  if (current.redeemedBy !== undefined) return current.redeemedBy === deviceId
  return !(await wasRejected(tx, current.id, deviceId))
}

/** The same tokens as the first time, as far as they stand. */
async function repeat(
  { tx, now, idleMs }: Decision,
  { roles }: Invitation,
  redemption: Redemption,
): Promise<Result<Redeemed>> {
  const found = await Promise.all(roles.map((role) => tx.findToken(redemption.deviceId, role)))
  const live = found
    .filter((token) => token !== undefined)
    .filter((token) => tokenState(token, now, idleMs) === 'live')
  const told = live.map((token) => deliverToken(token, now))
  const answer = split(told, redemption)
  if (!answer.ok) return answer
  for (const [at, token] of told.entries()) {
    if (live[at]?.deliveredAt === undefined) await tx.saveToken(token)
  }
  return answer
}

function split(tokens: readonly Token[], { role }: Redemption): Result<Redeemed> {
  const token = tokens.find((one) => one.role === role)
  if (!token) return INVALID
  return ok({ kind: 'joined', token, others: tokens.filter((one) => one !== token) })
}

/** Files a request that the inviter confirms; others may stand beside it. */
async function ask(deps: RedeemInvitationDeps, redemption: Redemption): Promise<Result<Redeemed>> {
  const { invitation, deviceId, publicKey, role, metadata, remoteIp, prefix, asked } = redemption
  const known = (await deps.store.read.findDevice(deviceId)) !== undefined
  const filed = await deps.fileRequest({
    deviceId,
    publicKey,
    role,
    scopes: role === 'operator' && asked.length === 0 ? invitation.scopes : asked,
    metadata,
    remoteIp,
    prefix,
    why: known ? 'role-upgrade' : 'not-paired',
    invitationId: invitation.id,
    stillNeeded: async (tx) => {
      const now = deps.clock.now()
      const current = await tx.findInvitation(invitation.id)
      if (!current || current.redeemedBy !== undefined) return false
      if (!(await fits(tx, current, { redemption, now }))) return false
      const creator = await standingCreator(tx, deps, current, now)
      return creator.ok && mayTakeIn(creator.value, await findHome(tx, deviceId))
    },
  })
  if (!filed.ok) return filed
  if (!filed.value) return INVALID
  const { request, device, isNew } = filed.value
  if (isNew) deps.tellInvitation.candidate(invitation, request)
  return ok({ kind: 'asks', request, device })
}
