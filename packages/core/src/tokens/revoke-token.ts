import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { revokeToken, withoutRole } from '../domain/grant.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenFacts } from '../domain/token.ts'
import type { Decide } from '../events/decide.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import { closeRequestsOf } from '../pairing/close-requests.ts'
import { findManaged, type TokenTarget } from './manage-token.ts'

/**
 * Ends a device's token for one role: its secrets, its open requests, its connections. Said twice it
 * answers with the first time, and ends what the device has asked for since. Only a new approval lets
 * the device in again.
 */
export function createRevokeToken({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, target: TokenTarget): Promise<Result<Token>> =>
    decide(principal, async (decision) => {
      const { tx, actor, now } = decision
      const found = await findManaged(decision, principal, target)
      if (!found) return refuse({ reason: 'revocation-denied' })
      if (found.token.revokedAt !== undefined) {
        await closeRequestsOf(target.deviceId, decision, found.home)
        await closeInvitationsOf(target.deviceId, decision)
        return ok(found.token)
      }

      const revoked = revokeToken(found.token, actor.ref, now)
      if (await wouldLoseLastAdmin(tx, actor, { before: [found.token], after: [revoked] }, decision)) {
        return refuse({ reason: 'last-admin' })
      }
      await tx.saveToken(revoked)
      await tx.saveDevice(withoutRole(found.device, target.role))
      // Before the events of its requests, so that the device's gates are closed when those are told.
      const { deviceId, role, tokenId } = revoked
      await decision.append(
        { kind: 'token-revoked', deviceId, role, tokenId, home: found.home },
        { before: tokenFacts(found.token) },
      )
      await closeRequestsOf(target.deviceId, decision, found.home)
      await closeInvitationsOf(target.deviceId, decision)
      return ok(revoked)
    })
}
