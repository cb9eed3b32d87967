import { homeOf } from '../access/home-session.ts'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import type { Device } from '../domain/device.ts'
import { revokeToken, withoutRole } from '../domain/grant.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenFacts } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import { closeRequestsOf } from '../pairing/close-requests.ts'
import { type ApprovedDevice, approvedByDevice } from './approved-by-device.ts'
import { findManaged, type TokenTarget } from './manage-token.ts'

export interface Revocation extends TokenTarget {
  /** Takes along what the device had let in as an operator, and what those had. */
  readonly cascade?: boolean | undefined
}
export interface Revoked {
  readonly token: Token
  /** Devices that it had let in and whose tokens stand. */
  readonly standing: readonly Device[]
  /** Devices whose tokens were revoked along with it. */
  readonly taken: readonly Device[]
}

/**
 * Ends a device's token for one role: its secrets, its open requests, its connections. Said twice it
 * answers with the first time, and ends what the device has asked for since. Only a new approval lets
 * the device in again.
 */
export function createRevokeToken({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, { cascade = false, ...target }: Revocation): Promise<Result<Revoked>> =>
    decide(principal, async (decision) => {
      const { tx, actor, now } = decision
      const found = await findManaged(decision, principal, target)
      if (!found) return refuse({ reason: 'revocation-denied' })
      // A node lets nobody in.
      const approved =
        target.role === 'operator' ? await approvedByDevice(decision, principal, found.device) : []
      const taken = cascade ? approved : []
      const ends = [{ device: found.device, tokens: [found.token] }, ...taken]
      const before = ends.flatMap(({ tokens }) => tokens).filter(({ revokedAt }) => revokedAt === undefined)
      const after = before.map((token) => revokeToken(token, actor.ref, now))
      if (await wouldLoseLastAdmin(tx, actor, { before, after }, decision))
        return refuse({ reason: 'last-admin' })

      for (const each of ends) await endTokens(decision, each)
      const { deviceId, role } = target
      const token = (await tx.findToken(deviceId, role)) ?? found.token
      const devicesOf = (list: readonly ApprovedDevice[]) => list.map(({ device }) => device)
      return ok({ token, standing: cascade ? [] : devicesOf(approved), taken: devicesOf(taken) })
    })
}

async function endTokens(decision: Decision, { device, tokens }: ApprovedDevice): Promise<void> {
  const { tx, actor, now } = decision
  const home = homeOf(await tx.listTokens(device.id))
  let left = device
  for (const token of tokens) {
    if (token.revokedAt !== undefined) continue
    const { deviceId, role, tokenId } = token
    left = withoutRole(left, role)
    await tx.saveToken(revokeToken(token, actor.ref, now))
    await tx.saveDevice(left)
    // Before the events of its requests, so that the device's gates are closed when those are told.
    await decision.append(
      { kind: 'token-revoked', deviceId, role, tokenId, home },
      { before: tokenFacts(token) },
    )
  }
  await closeRequestsOf(device.id, decision, home)
  await closeInvitationsOf(device.id, decision)
}
