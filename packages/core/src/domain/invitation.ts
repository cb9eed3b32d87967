import {
  coversScopes,
  type DeviceId,
  EVERY_SESSION,
  type Instant,
  type InvitationId,
  later,
  minutes,
  type Role,
  type Scope,
  type SessionId,
} from '@pairgate/protocol'

/** How long an invitation is good for, if nobody says otherwise (design section 5). */
export const INVITATION_LIFETIME_MS = minutes(10)
/** How long its code is; never longer than the invitation. */
const CODE_LIFETIME_MS = minutes(5)

/** Something handed out that lets one device in: what it gives, who gave it, and what became of it. */
export interface Invitation {
  readonly id: InvitationId
  /** SHA-256, hex, of the secret in link and QR code: 256 random bits need no salt and no key. */
  readonly secretHash: string
  /** Keyed hash of the six digits: the plain one of a million values is no secret. */
  readonly codeMac: string | undefined
  readonly codeExpiresAt: Instant | undefined
  /** All of them are granted to the one device. */
  readonly roles: readonly Role[]
  /** Of the operator's token. */
  readonly scopes: readonly Scope[]
  /** The session that the tokens open; `new` makes one, and `main` if there is none; left out, as an approval without a choice does. */
  readonly session: SessionId | 'new' | 'main' | undefined
  /** Lifetime of the tokens from the redemption on. */
  readonly tokenTtlMs: number | undefined
  readonly label: string | undefined
  /** Whoever brings the secret only asks; the inviter compares the words and confirms. */
  readonly confirm: boolean
  /** Makes the first owner of a gateway that never had one. */
  readonly claim: boolean
  /** Its secret can be fetched by a join code, once. */
  readonly joins: boolean
  /** `actorRef` of whoever gave it. */
  readonly createdBy: string
  /** What the creator's connection might use at that time: it never counts for more than that. */
  readonly creatorScopes: readonly Scope[]
  /** Mark of the shared secret that the creator came with; another one by now ends the invitation. */
  readonly creatorMark: string | undefined
  readonly createdAt: Instant
  /** `undefined` only for a claim that nobody has redeemed. */
  readonly expiresAt: Instant | undefined
  readonly redeemedBy: DeviceId | undefined
  readonly redeemedAt: Instant | undefined
  /** Set also behind a redemption: from then on not even the device that redeemed it may repeat. */
  readonly cancelledAt: Instant | undefined
}

export type InvitationState = 'open' | 'redeemed' | 'cancelled' | 'expired'

/** Redeemed is asked first: what came afterwards does not undo it. */
export function invitationState(invitation: Invitation, now: Instant): InvitationState {
  if (invitation.redeemedBy !== undefined) return 'redeemed'
  if (invitation.cancelledAt !== undefined) return 'cancelled'
  return hasEnded(invitation, now) ? 'expired' : 'open'
}

/** Whether its secret may still open something: for anybody, or for the device that redeemed it. */
export function isUsable(invitation: Invitation, now: Instant): boolean {
  return invitation.cancelledAt === undefined && !hasEnded(invitation, now)
}

/** Whether its code may still open something; the device that redeemed it may repeat it for longer. */
export function isCodeUsable(invitation: Invitation, now: Instant): boolean {
  const { codeExpiresAt, redeemedBy } = invitation
  if (codeExpiresAt === undefined || !isUsable(invitation, now)) return false
  return redeemedBy !== undefined || now < codeExpiresAt
}

/** Whether it counts among the codes that a guess could hit. */
export function isCodeActive(invitation: Invitation, now: Instant): boolean {
  return invitation.redeemedBy === undefined && isCodeUsable(invitation, now)
}

/** Whether a device asks for no other role and no wider scopes than it was invited to. */
export function invites(invitation: Invitation, role: Role, asked: readonly Scope[]): boolean {
  return invitation.roles.includes(role) && coversScopes(scopesFor(invitation, role), asked)
}

/** Scopes are an operator's; a node has none. */
export function scopesFor({ scopes }: Pick<Invitation, 'scopes'>, role: Role): readonly Scope[] {
  return role === 'operator' ? scopes : []
}

/** Whether it gives what decides about others: a short code alone must never do that. */
export function givesPower({ scopes }: Pick<Invitation, 'scopes'>): boolean {
  return coversScopes(scopes, ['operator.admin']) || coversScopes(scopes, ['operator.pairing'])
}

/** The invitation once a device has redeemed it; a claim gets its deadline here, for a repeat. */
export function redeemed(invitation: Invitation, by: DeviceId, now: Instant): Invitation {
  const expiresAt = invitation.expiresAt ?? later(now, INVITATION_LIFETIME_MS)
  return { ...invitation, redeemedBy: by, redeemedAt: now, expiresAt }
}

/** Until when the code of an invitation is good. */
export function codeDeadline(now: Instant, expiresAt: Instant): Instant {
  return Math.min(later(now, CODE_LIFETIME_MS), expiresAt) as Instant
}

/** What the event log keeps of an invitation. */
export function invitationFacts({ label, roles, scopes, session, expiresAt }: Invitation) {
  return { name: label, roles, scopes, session: session === EVERY_SESSION ? '*' : session, expiresAt }
}

function hasEnded({ expiresAt }: Invitation, now: Instant): boolean {
  return expiresAt !== undefined && now >= expiresAt
}
