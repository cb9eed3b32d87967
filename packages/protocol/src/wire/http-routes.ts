import type { Role } from '../role.ts'
import type { Scope } from '../scope.ts'
import type { SessionReach } from '../session-reach.ts'
import { anyRole } from './rows/method-row.ts'

/** Who may use an HTTP route; as a row of the methods, judged by the same judge. */
export interface HttpRouteRow {
  readonly roles: readonly Role[]
  readonly scope: Scope | 'none'
  readonly session: SessionReach
}

/** Every HTTP route that is opened by a token. */
export const HTTP_ROUTES = {
  /** A path behind it, such as `/operator.write`, names a scope that is needed as well. */
  '/__pairgate__/verify': { roles: anyRole, scope: 'none', session: 'filtered' },
} as const satisfies Record<string, HttpRouteRow>
