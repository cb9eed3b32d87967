import { EVERY_SESSION, missingScope, type Role } from '@pairgate/protocol'
import { findHome, type Home, mayTakeIn } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { givesItselfTime } from '../access/own-time.ts'
import { type ApprovedVia, type Device, type DeviceMetadata, nameOf } from '../domain/device.ts'
import { deliverToken, type Grant, grantDevice, grantToken } from '../domain/grant.ts'
import { type Invitation, redeemed, scopesFor } from '../domain/invitation.ts'
import type { OpenRequest, RequestFacts } from '../domain/pairing-request.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { newSessionFor, type Session } from '../domain/session.ts'
import { isLiveAdmin, type Token, tokenFacts, tokenState } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'
import { isRegranted } from '../pairing/approve-request.ts'
import { chooseLifetime } from '../pairing/choose-lifetime.ts'
import { type ChosenSession, chooseSession } from '../pairing/choose-session.ts'
import type { Random } from '../ports/random.ts'
import type { DrawSecret } from '../tokens/draw-secret.ts'
import { rejectCandidates } from './candidates.ts'
import { endClaim } from './end-claim.ts'

/** Who joins, and how. */
export interface Joining extends Pick<RequestFacts, 'deviceId' | 'publicKey'> {
  readonly metadata: DeviceMetadata
  readonly via: ApprovedVia
  /** As the device's row names it. */
  readonly approvedBy: string
  /** The secrets are about to be told; else the device fetches them. */
  readonly tells: boolean
  /** The candidate that was confirmed. */
  readonly accepts?: OpenRequest | undefined
}

/** A device that was let in by an invitation, with a token for each of its roles. */
export interface Joined {
  readonly invitation: Invitation
  readonly device: Device
  readonly tokens: readonly Token[]
}

export interface GrantInvitationDeps {
  readonly random: Pick<Random, 'sessionId'>
  readonly drawSecret: DrawSecret
}

interface RolePlan {
  readonly grant: Grant
  readonly existing: Token | undefined
  readonly token: Token
}
interface JoinPlan {
  readonly roles: readonly RolePlan[]
  /** The session that has to be made. */
  readonly fresh: Session | undefined
  /** Where the device lay before. */
  readonly home: Home
}

/**
 * Gives a device all that an invitation promises, once: under the ceiling of the actor, as an approval
 * would. Whatever speaks against it is said before anything is written.
 */
export async function grantInvitation(
  deps: GrantInvitationDeps,
  decision: Decision,
  invitation: Invitation,
  joining: Joining,
): Promise<Result<Joined>> {
  const plan = await planJoin(deps, decision, invitation, joining)
  return plan.ok ? carryOut(decision, invitation, { joining, plan: plan.value }) : plan
}

async function planJoin(
  deps: GrantInvitationDeps,
  decision: Decision,
  invitation: Invitation,
  joining: Joining,
): Promise<Result<JoinPlan>> {
  const { tx, actor, now } = decision
  const home = await findHome(tx, joining.deviceId)
  if (!mayTakeIn(actor, home)) return refuse({ reason: 'candidate-missing' })
  const plans: RolePlan[] = []
  let fresh: Session | undefined
  // The operator's first: a node of the same device lives in the same session.
  for (const role of invitation.roles.toSorted().reverse()) {
    const existing = await tx.findToken(joining.deviceId, role)
    const session = await sessionOf(decision, invitation, { role, existing, before: plans[0] })
    if (!session.ok) return session
    if (session.value.id === undefined)
      fresh ??= newSession(deps, decision, { joining, key: session.value.key })
    const sessionId = session.value.id ?? fresh?.id
    if (sessionId === undefined) return refuse({ reason: 'session-unknown' })
    const scopes = scopesFor(invitation, role)
    const wanted = invitation.tokenTtlMs
    const lifetime = await chooseLifetime(decision, { wanted, existing, role, scopes })
    const grant = grantOf(invitation, joining, { role, sessionId, lifetime, now, idleMs: decision.idleMs })
    const granted = grantToken(existing, grant, deps.drawSecret())
    const token = joining.tells ? deliverToken(granted, now) : granted
    // The secret is told again, whatever it opens, so the inviter answers for all of it (T19).
    const missing = missingScope(actor.scopes, token.scopes)
    if (missing !== undefined) return refuse({ reason: 'ceiling', missing })
    if (givesItselfTime(actor, existing, token)) return refuse({ reason: 'extension-of-own' })
    plans.push({ grant, existing, token })
  }
  const before = plans.flatMap(({ existing }) => (existing ? [existing] : []))
  const after = plans.map(({ token }) => token)
  if (await wouldLoseLastAdmin(tx, actor, { before, after }, decision))
    return refuse({ reason: 'last-admin' })
  return ok({ roles: plans, fresh, home })
}

function grantOf(
  { scopes, label }: Invitation,
  { deviceId, publicKey, metadata, via, approvedBy }: Joining,
  terms: Pick<Grant, 'sessionId' | 'lifetime' | 'now' | 'idleMs'> & { readonly role: Role },
): Grant {
  const { role, ...given } = terms
  return {
    ...given,
    request: { deviceId, publicKey, metadata, role, why: 'not-paired' },
    scopes: scopesFor({ scopes }, role),
    label,
    by: approvedBy,
    via,
  }
}

function newSession(
  { random }: GrantInvitationDeps,
  { actor, now }: Decision,
  { joining, key }: { readonly joining: Joining; readonly key: string | undefined },
): Session {
  return newSessionFor(joining.deviceId, { id: random.sessionId(), key, by: actor.ref, now })
}

/** The session of one role's token. */
async function sessionOf(
  decision: Decision,
  invitation: Invitation,
  {
    role,
    existing,
    before,
  }: { readonly role: Role; readonly existing: Token | undefined; readonly before: RolePlan | undefined },
): Promise<Result<ChosenSession>> {
  const scopes = scopesFor(invitation, role)
  const { session } = invitation
  // Every session is for admins; the node of an admin's device has one of its own.
  const shared = before?.grant.sessionId
  if (shared !== undefined && shared !== EVERY_SESSION) return ok({ id: shared })
  if (session === undefined || (shared !== undefined && session === EVERY_SESSION))
    return chooseSession(decision, { wanted: undefined, scopes, existing })
  if (session === 'new' || session === 'main' || session === EVERY_SESSION)
    return chooseSession(decision, { wanted: session, scopes, existing })
  const found = await decision.tx.findSession(session)
  if (!found) return refuse({ reason: 'session-unknown' })
  return chooseSession(decision, { wanted: found.key, scopes, existing })
}

async function carryOut(
  decision: Decision,
  invitation: Invitation,
  { joining, plan }: { readonly joining: Joining; readonly plan: JoinPlan },
): Promise<Result<Joined>> {
  const { tx, now, idleMs } = decision
  const after = redeemed(invitation, joining.deviceId, now)
  if (!(await tx.redeemInvitation(after))) return refuse({ reason: 'invitation-over', state: 'redeemed' })
  if (plan.fresh) await tx.insertSession(plan.fresh)
  let device = await tx.findDevice(joining.deviceId)
  for (const { grant, existing, token } of plan.roles) {
    const standing = existing !== undefined && tokenState(existing, now, idleMs) === 'live'
    device = grantDevice(device, grant, standing)
    await tx.saveDevice(device)
    await tx.saveToken(token)
  }
  if (!device) throw new Error('an invitation without a role')
  const { home } = plan
  for (const role of plan.roles) await tell(decision, { invitation, device, role, home })
  if (joining.accepts) await settle(decision, joining.accepts, plan)
  await rejectCandidates(decision, invitation.id)
  const tokens = plan.roles.map(({ token }) => token)
  if (tokens.some((token) => isLiveAdmin(token, now, idleMs))) await endClaim(tx, now)
  return ok({ invitation: after, device, tokens })
}

/** Under the lock it is as open as it was found, so a no here is a fault. */
async function settle(
  { tx, actor, now, append }: Decision,
  request: OpenRequest,
  plan: JoinPlan,
): Promise<void> {
  const decided = {
    state: 'approved',
    decidedAt: now,
    decidedBy: actor.ref,
    supersededBy: undefined,
  } as const
  const role = plan.roles.find(({ token }) => token.role === request.role)
  if (!role || !(await tx.settleRequest({ ...request, ...decided })))
    throw new Error('a candidate that was open is open no more')
  const { deviceId, tokenId } = role.token
  const about = { requestId: request.id, deviceId, role: request.role, tokenId }
  // Its gates were closed by the event of the invitation.
  await append({ kind: 'pairing-approved', ...about, endsConnections: false, home: plan.home })
}

async function tell(
  { append }: Decision,
  {
    invitation,
    device,
    home,
    role: { existing, token },
  }: {
    readonly invitation: Invitation
    readonly device: Device
    readonly home: Home
    readonly role: RolePlan
  },
): Promise<void> {
  const { deviceId, role, tokenId } = token
  const endsConnections = existing !== undefined && isRegranted(existing, token)
  await append(
    {
      kind: 'invitation-redeemed',
      invitationId: invitation.id,
      deviceId,
      role,
      tokenId,
      endsConnections,
      home,
    },
    {
      before: existing && existing.revokedAt === undefined ? tokenFacts(existing) : undefined,
      after: { name: nameOf(device), ...tokenFacts(token) },
    },
  )
}
