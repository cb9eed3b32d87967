import { coversScopes, missingScope, parseScope, type RequestId, type Scope } from '@pairgate/protocol'
import type { Home } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { givesItselfTime } from '../access/own-time.ts'
import type { Actor } from '../access/reread-actor.ts'
import type { TellArrival } from '../devices/tell-arrival.ts'
import { type Device, nameOf } from '../domain/device.ts'
import { type Grant, grantDevice, grantToken } from '../domain/grant.ts'
import type { Invitation } from '../domain/invitation.ts'
import { approveRequest, type OpenRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { newSessionFor, type Session } from '../domain/session.ts'
import { isLiveAdmin, type Token, tokenFacts, tokenState } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { consumeByApproval } from '../invitations/candidates.ts'
import { endClaim } from '../invitations/end-claim.ts'
import type { TellInvitation } from '../invitations/tell-invitation.ts'
import type { Random } from '../ports/random.ts'
import type { StoreReader } from '../ports/store.ts'
import type { DrawSecret } from '../tokens/draw-secret.ts'
import { chooseLifetime } from './choose-lifetime.ts'
import { chooseSession } from './choose-session.ts'
import { type Decidable, findDecidable } from './request-fate.ts'

export interface Approval {
  readonly requestId: RequestId
  /** Less than was asked for. */
  readonly scopes?: readonly string[] | undefined
  /** See `SessionChoice`. */
  readonly session?: string | undefined
  /** `null`: no deadline. Left out: what the token had. */
  readonly expiresInMs?: number | null | undefined
  readonly label?: string | undefined
  /** Digest of what the operator was shown. */
  readonly digest?: string | undefined
}
export interface Approved {
  readonly request: OpenRequest
  readonly device: Device
  /** Where the device lay before. */
  readonly home: Home
  readonly tokens: readonly Token[]
  /** The sessions that those tokens open, by id. */
  readonly sessions: ReadonlyMap<string, Session>
  /** What the device had brought, which is used up by this. */
  readonly invitation: Invitation | undefined
}
export interface ApproveRequestDeps {
  readonly decide: Decide
  readonly random: Random
  readonly drawSecret: DrawSecret
  readonly tellInvitation: Pick<TellInvitation, 'redeemed'>
  readonly tellArrival: TellArrival
}

/** An operator says yes: to exactly what was shown under the id, or to less of it. */
export function createApproveRequest(deps: ApproveRequestDeps) {
  return async (principal: Principal, approval: Approval): Promise<Result<Approved>> => {
    const approved = await deps.decide(principal, async (decision) => {
      const plan = await planApproval(deps, decision, principal, approval)
      return plan.ok ? carryOut(decision, plan.value) : plan
    })
    if (approved.ok && approved.value.invitation) {
      const { invitation, device, tokens, request } = approved.value
      await deps.tellInvitation.redeemed({ invitation, device, tokens }, request)
    }
    if (approved.ok) await deps.tellArrival(approved.value.device.id, approved.value.home)
    return approved
  }
}

interface ApprovalPlan extends Pick<Decidable, 'home'> {
  readonly grant: Grant & { readonly request: OpenRequest }
  readonly existing: Token | undefined
  readonly token: Token
  readonly newSession: Session | undefined
}

/** Reads and refuses; writes nothing. */
async function planApproval(
  { random, drawSecret }: ApproveRequestDeps,
  decision: Decision,
  principal: Principal,
  approval: Approval,
): Promise<Result<ApprovalPlan>> {
  const { tx, actor, now, idleMs } = decision
  const found = await findApprovable(decision, principal, approval)
  if (!found.ok) return found
  const { request, home } = found.value
  const scopes = grantedScopes(request, approval.scopes, actor)
  if (!scopes.ok) return scopes
  const existing = await tx.findToken(request.deviceId, request.role)
  const session = await chooseSession(decision, {
    wanted: approval.session,
    scopes: scopes.value,
    existing,
  })
  if (!session.ok) return session

  const grant: ApprovalPlan['grant'] = {
    request,
    scopes: scopes.value,
    sessionId: session.value.id ?? random.sessionId(),
    lifetime: await chooseLifetime(decision, {
      wanted: approval.expiresInMs,
      existing,
      role: request.role,
      scopes: scopes.value,
    }),
    idleMs,
    label: approval.label?.trim() || undefined,
    by: actor.ref,
    via: 'operator',
    now,
  }
  const token = grantToken(existing, grant, drawSecret())
  const missing = missingOfWhole(actor, request, existing, token)
  if (missing !== undefined) return refuse({ reason: 'ceiling', missing })
  if (givesItselfTime(actor, existing, token)) return refuse({ reason: 'extension-of-own' })
  const before = existing ? [existing] : []
  if (await wouldLoseLastAdmin(tx, actor, { before, after: [token] }, decision))
    return refuse({ reason: 'last-admin' })
  const newSession =
    session.value.id === undefined
      ? newSessionFor(request.deviceId, { id: grant.sessionId, key: session.value.key, by: actor.ref, now })
      : undefined
  return ok({ grant, existing, token, home, newSession })
}

async function carryOut(decision: Decision, plan: ApprovalPlan): Promise<Result<Approved>> {
  const { tx, actor, now, append } = decision
  const { grant, existing, token, home } = plan
  const { request } = grant
  if (!(await tx.settleRequest(approveRequest(request, actor.ref, now))))
    return refuse({ reason: 'request-unknown', fate: { kind: 'decided' } })

  if (plan.newSession) await tx.insertSession(plan.newSession)
  const standing = existing !== undefined && tokenState(existing, now, decision.idleMs) === 'live'
  const device = grantDevice(await tx.findDevice(request.deviceId), grant, standing)
  await tx.saveDevice(device)
  await tx.saveToken(token)
  const { deviceId, role, tokenId } = token
  const endsConnections = existing !== undefined && isRegranted(existing, token)
  await append(
    { kind: 'pairing-approved', requestId: request.id, deviceId, role, tokenId, endsConnections, home },
    {
      before: existing && existing.revokedAt === undefined ? tokenFacts(existing) : undefined,
      after: { name: nameOf(device), ...tokenFacts(token) },
    },
  )
  if (isLiveAdmin(token, now, decision.idleMs)) await endClaim(tx, now)
  const invitation = await consumeByApproval(decision, request)
  const tokens = await tx.listTokens(deviceId)
  return ok({ request, device, home, tokens, sessions: await sessionsOf(tx, tokens), invitation })
}

/** The sessions that tokens open, by id. */
export async function sessionsOf(
  tx: StoreReader,
  tokens: readonly Token[],
): Promise<ReadonlyMap<string, Session>> {
  const sessions = await Promise.all(tokens.map((each) => tx.findSession(each.sessionId)))
  const known = sessions.filter((session) => session !== undefined)
  return new Map(known.map((session) => [session.id, session]))
}

/**
 * A plain upgrade takes the scopes that it adds. Whoever gives a token a new life, by another deadline,
 * another session or a new delivery, answers for all that it holds (T19).
 */
function missingOfWhole(actor: Actor, request: OpenRequest, before: Token | undefined, after: Token) {
  const givesLife = before && (isRegranted(before, after) || request.why === 'token-lost')
  return givesLife ? missingScope(actor.scopes, after.scopes) : undefined
}

/** Live connections know the session and the deadline that they came with; other ones take a new connect. */
export function isRegranted(before: Token, after: Token): boolean {
  return before.sessionId !== after.sessionId || before.expiresAt !== after.expiresAt
}

async function findApprovable(
  { tx, actor, now }: Decision,
  principal: Principal,
  approval: Approval,
): Promise<Result<Decidable>> {
  const { requestId } = approval
  const found = await findDecidable(tx, principal, { requestId, now, foreign: 'approval-denied' })
  if (!found.ok) return found
  const { request } = found.value
  // A node acts for the gateway's agents; letting one in is an admin's decision (protocol fact 13).
  if (request.role !== 'operator' && !actor.isAdmin) return refuse({ reason: 'approval-denied' })
  if (approval.digest !== undefined && approval.digest !== request.digest)
    return refuse({ reason: 'digest-mismatch' })
  return found
}

/** The scopes that would be granted: asked for, fit for the role, and held by whoever grants them (T19). */
function grantedScopes(
  request: OpenRequest,
  chosen: readonly string[] | undefined,
  actor: Actor,
): Result<readonly Scope[]> {
  const scopes: Scope[] = []
  for (const text of chosen ?? request.scopes) {
    const scope = parseScope(text)
    if (!scope) return refuse({ reason: 'scope-unknown', scope: text })
    if (request.role !== 'operator') return refuse({ reason: 'scope-not-for-role', scope })
    if (!coversScopes(request.scopes, [scope])) return refuse({ reason: 'scope-not-asked', scope })
    scopes.push(scope)
  }
  const missing = missingScope(actor.scopes, scopes)
  return missing === undefined ? ok(scopes) : refuse({ reason: 'ceiling', missing })
}
