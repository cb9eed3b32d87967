import { Type } from 'typebox'
import { anyRole, closed, type MethodRow, Nothing, operator } from './method-row.ts'

/** Methods about the gateway itself. */
export const GATEWAY_METHODS = {
  health: {
    roles: anyRole,
    scope: 'none',
    params: Type.Object({ probe: Type.Optional(Type.Boolean()) }, closed),
  },
  status: {
    roles: operator,
    scope: 'operator.read',
    params: Type.Object({ includeChannelSummary: Type.Optional(Type.Boolean()) }, closed),
  },
  'system-presence': { roles: operator, scope: 'operator.read', params: Nothing },
  'gateway.identity.get': { roles: operator, scope: 'operator.read', params: Nothing },
  'config.get': { roles: operator, scope: 'operator.read', params: Nothing },
  'config.reload': { roles: operator, scope: 'operator.admin', params: Nothing, extended: true },
} as const satisfies Record<string, MethodRow>
