import type { Instant } from '@pairgate/protocol'
import { coversScopes, EVERY_SESSION, narrowScopes, parseDeviceId } from '@pairgate/protocol'
import type { Actor } from '../access/reread-actor.ts'
import type { Invitation } from '../domain/invitation.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { tokenState } from '../domain/token.ts'
import type { AuthPolicy } from '../ports/auth-policy.ts'
import type { PairingPolicy } from '../ports/pairing-policy.ts'
import type { StoreReader } from '../ports/store.ts'

export interface CreatorPolicies {
  readonly policy: Pick<AuthPolicy, 'sharedMark'>
  readonly pairing: Pick<PairingPolicy, 'idleTtlMs'>
}

/**
 * Whoever gave an invitation, with what is left of the rights at that time. A redemption needs them as an
 * approval needs those of the approver: what was revoked, has expired, lies unused or was
 * narrowed since gives nothing.
 */
export async function standingCreator(
  tx: StoreReader,
  policies: CreatorPolicies,
  invitation: Invitation,
  now: Instant,
): Promise<Result<Actor>> {
  const { createdBy, creatorScopes, scopes, roles } = invitation
  const found = await rightsOf(tx, policies, invitation, now)
  if (!found) return refuse({ reason: 'bootstrap-invalid' })
  const left = narrowScopes(found.scopes, creatorScopes)
  const isAdmin = coversScopes(left, ['operator.admin'])
  const gives = coversScopes(left, scopes) && (isAdmin || roles.every((role) => role === 'operator'))
  if (!gives) return refuse({ reason: 'bootstrap-invalid' })
  return ok({ ...found, ref: createdBy, scopes: left, isAdmin })
}

type Rights = Pick<Actor, 'scopes' | 'sessionId' | 'isOwner'>

async function rightsOf(
  tx: StoreReader,
  { policy, pairing }: CreatorPolicies,
  { createdBy, creatorMark, creatorScopes: scopes }: Invitation,
  now: Instant,
): Promise<Rights | undefined> {
  const everywhere = { scopes, sessionId: EVERY_SESSION }
  if (createdBy === 'owner') return { ...everywhere, isOwner: true }
  if (createdBy === 'shared-secret')
    return creatorMark === policy.sharedMark ? { ...everywhere, isOwner: false } : undefined
  const deviceId = parseDeviceId(createdBy.slice('device:'.length))
  const token = deviceId && (await tx.findToken(deviceId, 'operator'))
  if (!token || tokenState(token, now, pairing.idleTtlMs) !== 'live') return undefined
  return { scopes: token.scopes, sessionId: token.sessionId, isOwner: false }
}
