import { Type } from 'typebox'
import type { ConfigRow } from './config-row.ts'

const count = (maximum: number) => Type.Integer({ minimum: 1, maximum })

/** The rows of `gateway.limits`. The gateway asks for them each time, so all of them change live. */
export const LIMIT_SETTINGS = {
  'gateway.limits.unauthenticatedPerPeer': {
    schema: count(100_000),
    default: 32,
    description: 'Sockets that one address may hold open before they have proved anything.',
    allowed: 'a whole number from 1 to 100000',
    applies: 'live',
  },
  'gateway.limits.unauthenticatedInAll': {
    schema: count(1_000_000),
    default: 1_024,
    description: 'Such sockets of all addresses together.',
    allowed: 'a whole number from 1 to 1000000',
    applies: 'live',
  },
  'gateway.limits.handshakeMs': {
    schema: Type.Integer({ minimum: 1, maximum: 600_000 }),
    default: 15_000,
    description: 'Time for the handshake, in milliseconds.',
    allowed: 'a whole number of milliseconds from 1 to 600000',
    env: 'OPENCLAW_HANDSHAKE_TIMEOUT_MS',
    applies: 'live',
  },
  'gateway.limits.pendingPerDevice': {
    schema: count(1_000),
    default: 4,
    description: 'Open pairing requests of one device.',
    allowed: 'a whole number from 1 to 1000',
    applies: 'live',
  },
  'gateway.limits.pendingPerPeer': {
    schema: count(100_000),
    default: 10,
    description: 'Open pairing requests of one address, or of one IPv6 /64.',
    allowed: 'a whole number from 1 to 100000',
    applies: 'live',
  },
  'gateway.limits.pendingInAll': {
    schema: count(1_000_000),
    default: 1_000,
    description: 'Open pairing requests in all; when full, the newest of the busiest address makes room.',
    allowed: 'a whole number from 1 to 1000000',
    applies: 'live',
  },
  'gateway.limits.failuresPerPeer': {
    schema: count(100_000),
    default: 10,
    description:
      'Wrong shared secrets from one address, or one IPv6 /64, within the window; then it is locked.',
    allowed: 'a whole number from 1 to 100000',
    applies: 'live',
  },
  'gateway.limits.failuresInAll': {
    schema: count(1_000_000),
    default: 300,
    description:
      'Wrong shared secrets from everybody within the window; then none is compared until the window ends.',
    allowed: 'a whole number from 1 to 1000000',
    applies: 'live',
  },
  'gateway.limits.failureWindowMs': {
    schema: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
    default: 60_000,
    description: 'The window in which wrong secrets are counted, in milliseconds.',
    allowed: 'a whole number of milliseconds from 1000 to 86400000',
    applies: 'live',
  },
  'gateway.limits.lockoutMs': {
    schema: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
    default: 300_000,
    description: 'How long a locked address stays locked, in milliseconds; a correct secret is refused too.',
    allowed: 'a whole number of milliseconds from 1000 to 86400000',
    applies: 'live',
  },
  'gateway.limits.requestsPerSecond': {
    schema: count(1_000_000),
    default: 200,
    description: 'Requests per second of one connection in the long run; five times as many at once.',
    allowed: 'a whole number from 1 to 1000000',
    applies: 'live',
  },
} as const satisfies Record<string, ConfigRow>
