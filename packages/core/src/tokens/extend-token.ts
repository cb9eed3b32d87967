import { coversScopes } from '@pairgate/protocol'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import { nameOf } from '../domain/device.ts'
import { extendToken, type Lifetime } from '../domain/grant.ts'
import { approveRequest } from '../domain/pairing-request.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenFacts, tokenState } from '../domain/token.ts'
import type { Decide, Decision } from '../events/decide.ts'
import { findManaged, holdsWhole, isOwnDevice, type Managed, type TokenTarget } from './manage-token.ts'

export interface Extension extends TokenTarget {
  /** From now on. */
  readonly lifetime: Lifetime
}

/**
 * Gives a token another deadline, sooner or later than the one it had, without a new secret. Open connections
 * take it over. A token that has run out may be given time again, as by approving its renewal; one that was
 * revoked never. No device gives itself time: whoever stole it would keep it for ever.
 */
export function createExtendToken({ decide }: { readonly decide: Decide }) {
  return (principal: Principal, { lifetime, ...target }: Extension): Promise<Result<Token>> =>
    decide(principal, async (decision) => {
      const { tx, actor, now } = decision
      if (isOwnDevice(principal, target)) return refuse({ reason: 'extension-of-own' })
      const found = await findManaged(decision, principal, target)
      const token = found?.token
      if (!token || token.revokedAt !== undefined || !holdsWhole(actor, token))
        return refuse({ reason: 'extension-denied' })

      const extended = extendToken(token, lifetime, now)
      if (await wouldLoseLastAdmin(tx, actor, { before: [token], after: [extended] }, decision))
        return refuse({ reason: 'last-admin' })
      await tx.saveToken(extended)
      const { deviceId, role, tokenId, expiresAt: ends = 'never' } = extended
      await decision.append(
        { kind: 'token-extended', deviceId, role, tokenId, ends, home: found.home },
        { before: tokenFacts(token), after: tokenFacts(extended) },
      )
      await settleRenewals(decision, extended, found)
      return ok(extended)
    })
}

/** Who waits for exactly this has it now; left open, the request would ask an operator for nothing. */
async function settleRenewals(decision: Decision, token: Token, { device, home }: Managed): Promise<void> {
  const { tx, actor, now, append, idleMs } = decision
  if (tokenState(token, now, idleMs) !== 'live') return
  const { deviceId, role, tokenId } = token
  for (const request of await tx.listOpenRequests(now, deviceId)) {
    const isMet = request.why === 'token-expired' && request.role === role
    if (!isMet || !coversScopes(token.scopes, request.scopes)) continue
    if (!(await tx.settleRequest(approveRequest(request, actor.ref, now)))) continue
    await append(
      {
        kind: 'pairing-approved',
        requestId: request.id,
        deviceId,
        role,
        tokenId,
        endsConnections: false,
        home,
      },
      { after: { name: nameOf(device), ...tokenFacts(token) } },
    )
  }
}
