import type { FoundFault } from '../domain/chain-fault.ts'
import type { EventHead } from '../domain/gateway-event.ts'
import { revokeToken, withoutRole } from '../domain/grant.ts'
import { tokenFacts } from '../domain/token.ts'
import { closeInvitationsOf } from '../invitations/cancel-invitation.ts'
import { endClaim } from '../invitations/end-claim.ts'
import { closeRequestsOf } from '../pairing/close-requests.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { AppendEvent } from './append-event.ts'
import type { Decision } from './decide.ts'
import { createDecideOnHost } from './decide-on-host.ts'

export interface RecoverLogDeps {
  readonly store: Store
  readonly clock: Clock
  readonly appendEvent: AppendEvent
}

/** What a recovery has done. */
export interface Recovery {
  readonly head: EventHead
  readonly revokedTokens: number
  readonly closedRequests: number
}

/**
 * Goes on with a log that does not lead up to its head, as the owner decided: in a new epoch, whose first
 * event names what was found. Nobody knows what was revoked in the part that is missing, so every token
 * is revoked and every open request closed; each device is let in again by an approval.
 */
export function createRecoverLog(deps: RecoverLogDeps) {
  const decideOnHost = createDecideOnHost(deps, 'recover')
  return (found: FoundFault | undefined): Promise<Recovery> =>
    decideOnHost(async (decision) => {
      const { tx, now } = decision
      await decision.append({ kind: 'log-recovered' }, { before: { fault: found?.fault, seq: found?.seq } })
      const revokedTokens = await revokeAll(decision)
      const closedRequests = (await tx.listOpenRequests(now)).length
      await closeRequestsOf(undefined, decision)
      await closeInvitationsOf(undefined, decision)
      // The copy may be from before the first owner: who finds an old claim link must not become another one.
      await endClaim(tx, now)
      return { head: await tx.eventHead(), revokedTokens, closedRequests }
    })
}

async function revokeAll({ tx, now, actor, append }: Decision): Promise<number> {
  const standing = (await tx.listTokens()).filter(({ revokedAt }) => revokedAt === undefined)
  for (const token of standing) {
    const { deviceId, role, tokenId } = token
    await tx.saveToken(revokeToken(token, actor.ref, now))
    const device = await tx.findDevice(deviceId)
    if (device) await tx.saveDevice(withoutRole(device, role))
    await append({ kind: 'token-revoked', deviceId, role, tokenId }, { before: tokenFacts(token) })
  }
  return standing.length
}
