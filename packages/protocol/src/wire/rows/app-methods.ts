import { Type } from 'typebox'
import { anyRole, closed, type MethodRow } from './method-row.ts'

/** Methods about what lies behind the gateway. */
export const APP_METHODS = {
  'apps.ticket': {
    roles: anyRole,
    // The settings of each app say which scope it needs.
    scope: 'none',
    session: 'none',
    params: Type.Object(
      {
        /** As the gateway wrote them into the address of the page. */
        return: Type.String({ minLength: 1, maxLength: 9_000 }),
        state: Type.String({ minLength: 1, maxLength: 128 }),
      },
      closed,
    ),
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
