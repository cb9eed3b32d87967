import { Type } from 'typebox'
import { defaultSessionFault, idleTtlFault, publicUrlFault, tokenTtlFault } from './config-checks.ts'
import type { ConfigRow } from './config-row.ts'

const Duration = Type.String({ minLength: 2, maxLength: 16 })

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
  'gateway.pairing.defaultSession': {
    schema: Type.String({ minLength: 1, maxLength: 128 }),
    default: 'own',
    description:
      'The session of a device that is approved without one: a new one of its own, "main", or an existing one. Admins get all.',
    allowed: '"own", "main", or the key of a session',
    applies: 'live',
    fault: defaultSessionFault,
  },
  'gateway.pairing.tokenTtl': {
    schema: Duration,
    default: undefined,
    description:
      'Lifetime of tokens that are granted without one; unset means no deadline. Never that of an admin beside whom no other stays.',
    allowed: 'a duration such as 30d, 12h or 90m',
    applies: 'live',
    fault: tokenTtlFault,
  },
  'gateway.pairing.idleTtl': {
    schema: Duration,
    default: undefined,
    description: 'How long a token may lie unused before it has run out; unset means for ever.',
    allowed: 'a duration of at least an hour, such as 30d or 12h',
    applies: 'live',
    fault: idleTtlFault,
  },
} as const satisfies Record<string, ConfigRow>
