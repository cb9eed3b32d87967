import { type Instant, parseInvitationSecret, parsePairCode } from '@pairgate/protocol'
import { givesPower, type Invitation, invites, isCodeUsable, isUsable } from '../domain/invitation.ts'
import { ok, type Result } from '../domain/result.ts'
import type { WrongCode } from '../invitations/note-wrong-code.ts'
import type { CodeLimiter, CodeTry } from '../limits/code-limiter.ts'
import type { Crypto, ShortSecrets } from '../ports/crypto.ts'
import type { StoreReader } from '../ports/store.ts'
import type { Bearer } from './judge-credential.ts'

/** An invitation whose secret or code a device brought, and which may be good for it. */
export interface InvitationCredential {
  readonly kind: 'invitation'
  readonly invitation: Invitation
  readonly by: 'code' | 'link'
  /** The inviter has to compare the words first. */
  readonly mustConfirm: boolean
  /** Of a code: whoever uses the credential says how it went. */
  readonly codeTry: CodeTry | undefined
}

export interface JudgeInvitationDeps {
  readonly read: Pick<StoreReader, 'findInvitationBySecret' | 'findInvitationsByCode'>
  readonly crypto: Pick<Crypto, 'sha256'>
  readonly shortSecrets: ShortSecrets
  readonly limiter: CodeLimiter
  readonly wrongCode: WrongCode
}

/** @returns `undefined` for what is no good invitation, whatever is wrong with it; a refusal who may not try. */
export type JudgeInvitation = (
  text: string | undefined,
  device: Bearer,
  now: Instant,
) => Promise<Result<InvitationCredential | undefined>>

/**
 * Finds the invitation behind `auth.bootstrapToken`. A link secret is 256 random bits, which nobody guesses;
 * six digits are counted before they are compared. What looks like neither is compared with nothing.
 */
export function createJudgeInvitation(deps: JudgeInvitationDeps): JudgeInvitation {
  const { read, crypto, shortSecrets, limiter, wrongCode } = deps

  async function byLink(hash: string, device: Bearer, now: Instant) {
    const found = await read.findInvitationBySecret(hash)
    if (!found || !isUsable(found, now) || !isFor(found, device)) return ok(undefined)
    const mustConfirm = found.confirm
    return ok({ kind: 'invitation', invitation: found, by: 'link', mustConfirm, codeTry: undefined } as const)
  }

  async function byCode(mac: string, device: Bearer, now: Instant, codeTry: CodeTry) {
    const all = await read.findInvitationsByCode(mac)
    const found = all.find((one) => isCodeUsable(one, now) && isFor(one, device))
    if (!found) {
      await wrongCode(codeTry, device)
      return ok(undefined)
    }
    const mustConfirm = codeTry.demoted || !device.peer.isPrivate || givesPower(found) || found.confirm
    return ok({ kind: 'invitation', invitation: found, by: 'code', mustConfirm, codeTry } as const)
  }

  return async (text, device, now) => {
    const secret = text === undefined ? undefined : parseInvitationSecret(text)
    if (secret) return byLink(crypto.sha256(secret), device, now)
    const code = text === undefined ? undefined : parsePairCode(text)
    if (!code) return ok(undefined)
    // Nothing is awaited up to here, so nobody gets between the count and the comparison (T10).
    const counted = limiter.reserve(device.peer)
    if (!counted.ok) return counted
    try {
      return await byCode(shortSecrets.macOf('pair-code', code), device, now, counted.value)
    } catch (error) {
      counted.value.wrong()
      throw error
    }
  }
}

/** Not of another device, for another role or for less: all of it is answered like an unknown one (T29). */
function isFor(invitation: Invitation, { deviceId, role, asked }: Bearer): boolean {
  const { redeemedBy } = invitation
  return invites(invitation, role, asked) && (redeemedBy === undefined || redeemedBy === deviceId)
}
