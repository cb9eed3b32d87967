import {
  formatInvitationSecret,
  type Instant,
  type InvitationSecret,
  type JoinCode,
  later,
  missingScope,
  PAIR_CODES,
  type PairCode,
  pairCodeOf,
  parseScope,
  type Role,
  type Scope,
} from '@pairgate/protocol'
import {
  codeDeadline,
  INVITATION_LIFETIME_MS,
  type Invitation,
  invitationFacts,
  invitationState,
  isCodeActive,
  isCodeUsable,
} from '../domain/invitation.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { chooseSession } from '../pairing/choose-session.ts'
import type { AuthPolicy } from '../ports/auth-policy.ts'
import type { Crypto, ShortSecrets } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'
import type { StoreReader } from '../ports/store.ts'
import { CLAIMED } from './end-claim.ts'
import { secretBehind } from './take-join.ts'
import type { TellInvitation } from './tell-invitation.ts'

/** What an operator hands out. */
export interface InvitationOrder {
  readonly roles: readonly Role[]
  /** Left out: `operator.read`, if the roles include an operator. */
  readonly scopes?: readonly string[] | undefined
  /** Key of an existing session, `new`, or `*`. */
  readonly session?: string | undefined
  readonly tokenTtlMs?: number | undefined
  readonly label?: string | undefined
  readonly ttlMs?: number | undefined
  readonly confirm?: boolean | undefined
  readonly withCode?: boolean | undefined
  /** Makes the first owner; see `claim.ts`. */
  readonly claim?: boolean | undefined
  /** Draw a join code, by which the secret can be fetched. */
  readonly joins?: boolean | undefined
}

/** An invitation with what is told once and kept nowhere. */
export interface NewInvitation {
  readonly invitation: Invitation
  readonly secret: InvitationSecret
  readonly code: PairCode | undefined
  readonly joinCode: JoinCode | undefined
}

export interface CreateInvitationDeps {
  readonly decide: Decide
  readonly random: Random
  readonly crypto: Pick<Crypto, 'sha256'>
  readonly shortSecrets: ShortSecrets
  readonly policy: Pick<AuthPolicy, 'sharedMark'>
  readonly tellInvitation: Pick<TellInvitation, 'created'>
}

/** With more of them a guess would hit one of many (design section 5). */
const ACTIVE_CODES = 3
const OPEN_INVITATIONS = 100

export type CreateInvitation = (
  principal: Principal,
  order: InvitationOrder,
) => Promise<Result<NewInvitation>>

/** An operator gives what it holds itself, under the ceiling of an approval, to whoever brings the secret. */
export function createCreateInvitation(deps: CreateInvitationDeps): CreateInvitation {
  return async (principal, order) => {
    const made = await deps.decide(principal, async (decision) => {
      const terms = await judgeTerms(decision, order)
      if (!terms.ok) return terms
      if (order.claim && (await decision.tx.findMeta(CLAIMED)) !== undefined)
        return refuse({ reason: 'claim-over' })
      const known = await decision.tx.listInvitations()
      const { now } = decision
      const withCode = order.withCode ?? false
      if (known.filter((one) => invitationState(one, now) === 'open').length >= OPEN_INVITATIONS)
        return refuse({ reason: 'too-many-invitations' })
      if (withCode && known.filter((one) => isCodeActive(one, now)).length >= ACTIVE_CODES)
        return refuse({ reason: 'too-many-codes' })

      const made = await draw(deps, decision, { ...order, ...terms.value })
      await decision.tx.insertInvitation(made.invitation)
      const { id } = made.invitation
      await decision.append(
        { kind: 'invitation-created', invitationId: id },
        { after: invitationFacts(made.invitation) },
      )
      return ok(made)
    })
    if (made.ok) deps.tellInvitation.created(made.value.invitation)
    return made
  }
}

type Terms = Pick<Invitation, 'scopes' | 'session'>

/** Nothing is promised that the creator could not give at this moment. */
async function judgeTerms(decision: Decision, order: InvitationOrder): Promise<Result<Terms>> {
  const { actor } = decision
  const operates = order.roles.includes('operator')
  const scopes: Scope[] = []
  for (const text of order.scopes ?? (operates ? ['operator.read'] : [])) {
    const scope = parseScope(text)
    if (!scope) return refuse({ reason: 'scope-unknown', scope: text })
    if (!operates) return refuse({ reason: 'scope-not-for-role', scope })
    scopes.push(scope)
  }
  const missing = missingScope(actor.scopes, scopes)
  if (missing !== undefined) return refuse({ reason: 'ceiling', missing })
  // A node acts for the gateway's agents; letting one in is an admin's decision, as at an approval.
  if (!actor.isAdmin && order.roles.some((role) => role !== 'operator'))
    return refuse({ reason: 'invitation-denied' })
  const session = await promisedSession(decision, order.session, scopes)
  return session.ok ? ok({ scopes: [...new Set(scopes)].sort(), session: session.value }) : session
}

async function promisedSession(
  decision: Decision,
  wanted: string | undefined,
  scopes: readonly Scope[],
): Promise<Result<Invitation['session']>> {
  if (wanted === undefined) return ok(undefined)
  const chosen = await chooseSession(decision, { wanted, scopes, existing: undefined })
  if (!chosen.ok) return chosen
  const { value } = chosen
  return ok(value.id ?? (value.key === undefined ? 'new' : 'main'))
}

async function draw(
  { random, crypto, shortSecrets, policy }: CreateInvitationDeps,
  { tx, actor, now }: Decision,
  order: InvitationOrder & Terms,
): Promise<NewInvitation> {
  const joinCode = order.joins ? random.joinCode() : undefined
  const secret = joinCode ? secretBehind(crypto, joinCode) : formatInvitationSecret(random.secretBits())
  const expiresAt = later(now, order.ttlMs ?? INVITATION_LIFETIME_MS)
  const drawn = order.withCode ? await drawCode(tx, { random, shortSecrets }, now) : undefined
  const invitation: Invitation = {
    id: random.invitationId(),
    secretHash: crypto.sha256(secret),
    codeMac: drawn?.mac,
    codeExpiresAt: drawn && codeDeadline(now, expiresAt),
    roles: [...new Set(order.roles)].sort(),
    scopes: order.scopes,
    session: order.session,
    tokenTtlMs: order.tokenTtlMs,
    label: order.label?.trim() || undefined,
    confirm: order.confirm ?? false,
    claim: order.claim ?? false,
    joins: joinCode !== undefined,
    createdBy: actor.ref,
    creatorScopes: actor.scopes,
    creatorMark: actor.ref === 'shared-secret' ? policy.sharedMark : undefined,
    createdAt: now,
    expiresAt,
    redeemedBy: undefined,
    redeemedAt: undefined,
    cancelledAt: undefined,
  }
  return { invitation, secret, code: drawn?.code, joinCode }
}

/** Drawn again until it is no code that may still open something: one code must never mean two invitations. */
async function drawCode(
  tx: StoreReader,
  { random, shortSecrets }: Pick<CreateInvitationDeps, 'random' | 'shortSecrets'>,
  now: Instant,
): Promise<{ readonly code: PairCode; readonly mac: string }> {
  for (;;) {
    const code = pairCodeOf(random.below(PAIR_CODES))
    const mac = shortSecrets.macOf('pair-code', code)
    const others = await tx.findInvitationsByCode(mac)
    if (!others.some((one) => isCodeUsable(one, now))) return { code, mac }
  }
}
