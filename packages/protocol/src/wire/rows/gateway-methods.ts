import { Type } from 'typebox'
import { anyRole, closed, type MethodRow, Nothing, operator } from './method-row.ts'

/** Methods about the gateway itself. */
export const GATEWAY_METHODS = {
  health: {
    roles: anyRole,
    scope: 'none',
    session: 'none',
    params: Type.Object({ probe: Type.Optional(Type.Boolean()) }, closed),
  },
  status: {
    roles: operator,
    scope: 'operator.read',
    session: 'filtered',
    params: Type.Object({ includeChannelSummary: Type.Optional(Type.Boolean()) }, closed),
  },
  'system-presence': { roles: operator, scope: 'operator.read', session: 'filtered', params: Nothing },
  'gateway.identity.get': { roles: operator, scope: 'operator.read', session: 'none', params: Nothing },
  'config.get': { roles: operator, scope: 'operator.read', session: 'none', params: Nothing },
  'config.reload': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Nothing,
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
