import { coversScopes, EVERY_SESSION, type Role, type Scope, type SessionReach } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'

/** What a method, event or route asks of whoever uses it; one row of the one table. */
export interface Requirement {
  readonly roles: readonly Role[]
  readonly scope: Scope | 'none'
  /** Only `every` is decided here; the rest needs to be looked up. */
  readonly session: SessionReach
}

/** The one judge of every transport: role, then scope, then session. What is not in the table never gets here. */
export function authorize(principal: Principal, need: Requirement): Result<Principal> {
  if (!need.roles.includes(principal.role))
    return refuse({ reason: 'role-unauthorized', role: principal.role })
  if (need.scope !== 'none' && !coversScopes(principal.scopes, [need.scope]))
    return refuse({ reason: 'scope-missing', scope: need.scope })
  if (need.session === 'every' && principal.sessionId !== EVERY_SESSION)
    return refuse({ reason: 'session-bound' })
  return ok(principal)
}
