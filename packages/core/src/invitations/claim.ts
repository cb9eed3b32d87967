import { EVERY_SESSION, formatInvitationSecret, type InvitationSecret, SCOPES } from '@pairgate/protocol'
import { type Invitation, invitationState } from '../domain/invitation.ts'
import type { Principal } from '../domain/principal.ts'
import { type Result, refuse } from '../domain/result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Crypto } from '../ports/crypto.ts'
import type { Random } from '../ports/random.ts'
import type { Store, StoreTransaction } from '../ports/store.ts'
import type { CreateInvitation, NewInvitation } from './create-invitation.ts'
import { CLAIMED, endClaim } from './end-claim.ts'

/** Under this name the database keeps that its first gateway was one that knows of claims. */
const ARMED = 'claim-armed'

export interface ArmClaimDeps {
  readonly store: Pick<Store, 'mutate'>
  readonly clock: Pick<Clock, 'now'>
  readonly random: Pick<Random, 'secretBits' | 'invitationId'>
  readonly crypto: Pick<Crypto, 'sha256'>
}

/**
 * The invitation that makes the first owner of a gateway which never had an admin. It has no deadline: its
 * secret lies where only the owner of the state directory can read it.
 *
 * @param known the secret that is kept already; another one is drawn if it does not fit.
 * @returns the secret to be kept, or `undefined` when nobody can claim the gateway (any more).
 */
export function createArmClaim({ store, clock, random, crypto }: ArmClaimDeps) {
  return (known: InvitationSecret | undefined): Promise<InvitationSecret | undefined> =>
    store.mutate(async (tx) => {
      const now = clock.now()
      if ((await tx.findMeta(CLAIMED)) !== undefined) return undefined
      const standing = (await tx.listInvitations()).filter(
        (one) => one.claim && one.expiresAt === undefined && invitationState(one, now) === 'open',
      )
      if (known && standing.some(({ secretHash }) => secretHash === crypto.sha256(known))) return known
      if (!(await mayArm(tx))) {
        await endClaim(tx, now)
        return undefined
      }
      for (const { id } of standing) await tx.cancelInvitation(id, now)
      const secret = formatInvitationSecret(random.secretBits())
      await tx.insertInvitation(claimOf(random.invitationId(), crypto.sha256(secret), now))
      await tx.saveMeta(ARMED, String(now))
      return secret
    })
}

/** A log that has begun without a claim may have seen admins come and go, whose events were erased since. */
async function mayArm(tx: StoreTransaction): Promise<boolean> {
  return (await tx.headSeq()) === 0 || (await tx.findMeta(ARMED)) !== undefined
}

function claimOf(id: Invitation['id'], secretHash: string, createdAt: Invitation['createdAt']): Invitation {
  return {
    id,
    secretHash,
    codeMac: undefined,
    codeExpiresAt: undefined,
    roles: ['operator'],
    scopes: ['operator.admin'],
    session: EVERY_SESSION,
    tokenTtlMs: undefined,
    label: undefined,
    confirm: false,
    claim: true,
    joins: false,
    createdBy: 'owner',
    creatorScopes: SCOPES,
    creatorMark: undefined,
    createdAt,
    expiresAt: undefined,
    redeemedBy: undefined,
    redeemedAt: undefined,
    cancelledAt: undefined,
  }
}

/**
 * A code for the claim, which the owner asks for on the host. It gives what no code gives by itself, so it
 * has to be confirmed there like any other of that kind.
 */
export function createDrawClaimCode({ createInvitation }: { readonly createInvitation: CreateInvitation }) {
  return async (principal: Principal): Promise<Result<NewInvitation>> => {
    if (principal.kind !== 'owner') return refuse({ reason: 'invitation-denied' })
    return createInvitation(principal, {
      roles: ['operator'],
      scopes: ['operator.admin'],
      session: '*',
      withCode: true,
      claim: true,
    })
  }
}
