import { Type } from 'typebox'
import type { ConfigRow } from './config-row.ts'

/** How devices get in; rows of the one table of settings. */
export const PAIRING_SETTINGS = {
  'gateway.pairing.approveLatest': {
    schema: Type.Enum(['strict', 'documented']),
    default: 'strict',
    description: 'Whether approving without an id acts only when one request is open, or on the newest.',
    allowed: '"strict" or "documented"',
    applies: 'commands',
  },
} as const satisfies Record<string, ConfigRow>
