import { coversScopes, type Role, type Scope } from '@pairgate/protocol'
import { hasLastingAdmin } from '../access/last-admin.ts'
import type { Lifetime } from '../domain/grant.ts'
import type { Token } from '../domain/token.ts'
import type { Decision } from '../events/decide.ts'

export interface LifetimeChoice {
  /** Milliseconds, `null` for no deadline; left out, what the token had, else what the settings say. */
  readonly wanted: number | null | undefined
  readonly existing: Token | undefined
  readonly role: Role
  readonly scopes: readonly Scope[]
}

/**
 * How long a token will be good for that is granted; `undefined` keeps what it had. The lifetime of the settings
 * is for tokens that begin anew, and is never the reason why no admin would be left: the first one, and
 * each that is let in while no other one stays, has no deadline unless somebody gives it one.
 */
export async function chooseLifetime(
  decision: Decision,
  { wanted, existing, role, scopes }: LifetimeChoice,
): Promise<Lifetime | undefined> {
  const { tokenTtlMs } = decision.pairing
  if (wanted !== undefined) return wanted ?? 'never'
  if (tokenTtlMs === undefined || (existing && existing.revokedAt === undefined)) return undefined
  const isAdmin = role === 'operator' && coversScopes(scopes, ['operator.admin'])
  return isAdmin && !(await hasLastingAdmin(decision)) ? 'never' : tokenTtlMs
}
