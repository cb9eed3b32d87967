import { Type } from 'typebox'
import { publicUrlFault } from './config-checks.ts'
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
  'gateway.pairing.publicUrl': {
    schema: Type.String({ minLength: 1, maxLength: 512 }),
    default: undefined,
    description: 'The address that links, QR codes and setup codes lead to, instead of the one that listens.',
    allowed: 'an address such as https://gateway.example',
    fault: publicUrlFault,
    applies: 'live',
  },
} as const satisfies Record<string, ConfigRow>
