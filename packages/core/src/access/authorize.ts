import { coversScopes, type Role, type Scope } from '@pairgate/protocol'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'

/** What a method, event or route asks of whoever uses it; one row of the one table. */
export interface Requirement {
  readonly roles: readonly Role[]
  readonly scope: Scope | 'none'
}

/** The one judge of every transport: role first, then scope. What is not in the table never gets here. */
export function authorize(principal: Principal, need: Requirement): Result<Principal> {
  if (!need.roles.includes(principal.role))
    return refuse({ reason: 'role-unauthorized', role: principal.role })
  if (need.scope === 'none' || coversScopes(principal.scopes, [need.scope])) return ok(principal)
  return refuse({ reason: 'scope-missing', scope: need.scope })
}
