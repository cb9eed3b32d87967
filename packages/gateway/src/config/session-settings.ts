import { Type } from 'typebox'
import type { ConfigRow } from './config-row.ts'

/** What sessions keep; rows of the one table of settings. */
export const SESSION_SETTINGS = {
  'gateway.sessions.keepMessages': {
    schema: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
    default: 10_000,
    description: 'How many messages a session keeps; with every new one the oldest beyond that go.',
    allowed: 'a whole number from 1 to 1000000',
    applies: 'live',
  },
} as const satisfies Record<string, ConfigRow>
