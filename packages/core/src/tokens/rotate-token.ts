import { coversScopes, parseScope, type Scope } from '@pairgate/protocol'
import { wouldLoseLastAdmin } from '../access/last-admin.ts'
import type { Device } from '../domain/device.ts'
import { deliverToken, rotateToken } from '../domain/grant.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import { type Token, tokenState } from '../domain/token.ts'
import type { Decide } from '../events/decide.ts'
import type { DrawSecret } from './draw-secret.ts'
import { findManaged, holdsWhole, type TokenTarget } from './manage-token.ts'

export interface Rotation extends TokenTarget {
  /** Left out: the token keeps its scopes. */
  readonly scopes?: readonly string[] | undefined
}
export interface Rotated {
  readonly token: Token
  /** The caller is the device itself, on a connection of this very token: it may be told the new secret (T18). */
  readonly tellsCaller: boolean
}
export interface RotateTokenDeps {
  readonly decide: Decide
  readonly drawSecret: DrawSecret
}

/**
 * Gives a device's role a new secret. The device fetches it at its next signed connect; an operator who
 * rotates never sees it. A revoked or expired token is not brought back by a rotation.
 */
export function createRotateToken({ decide, drawSecret }: RotateTokenDeps) {
  return (principal: Principal, rotation: Rotation): Promise<Result<Rotated>> =>
    decide(principal, async (decision) => {
      const { tx, actor, now } = decision
      const found = await findManaged(decision, principal, rotation)
      // Whoever rotates its own token over it uses it.
      const idleMs = isOwnToken(principal, rotation) ? undefined : decision.idleMs
      if (!found || tokenState(found.token, now, idleMs) !== 'live')
        return refuse({ reason: 'rotation-denied' })

      const scopes = rotatedScopes(found, rotation.scopes)
      if (!scopes || !holdsWhole(actor, found.token, scopes)) return refuse({ reason: 'rotation-denied' })

      const tellsCaller = isOwnToken(principal, rotation)
      const fresh = rotateToken(found.token, drawSecret(), scopes, now)
      const token = tellsCaller ? deliverToken(fresh, now) : fresh
      if (await wouldLoseLastAdmin(tx, actor, { before: [found.token], after: [token] }, decision)) {
        return refuse({ reason: 'last-admin' })
      }
      await tx.saveToken(token)
      const { deviceId, role, tokenId } = token
      await decision.append(
        { kind: 'token-rotated', deviceId, role, tokenId, home: found.home },
        { before: { scopes: found.token.scopes }, after: { scopes: token.scopes } },
      )
      return ok({ token, tellsCaller })
    })
}

function isOwnToken(principal: Principal, { deviceId, role }: TokenTarget): boolean {
  return (
    principal.kind === 'device' &&
    principal.byDeviceToken &&
    principal.deviceId === deviceId &&
    principal.role === role
  )
}

/** The wanted scopes if they lie within the approved baseline, else `undefined`. */
function rotatedScopes(
  found: { device: Device; token: Token },
  wanted: readonly string[] | undefined,
): readonly Scope[] | undefined {
  if (wanted === undefined) return found.token.scopes
  const scopes: Scope[] = []
  for (const text of wanted) {
    const scope = parseScope(text)
    if (!scope) return undefined
    scopes.push(scope)
  }
  return coversScopes(found.device.scopes, scopes) ? scopes : undefined
}
