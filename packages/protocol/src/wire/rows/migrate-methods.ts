import { type MethodRow, Nothing, operator } from './method-row.ts'

/** Methods about leaving mode `none`. */
export const MIGRATE_METHODS = {
  'migrate.status': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'every',
    params: Nothing,
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
