import { Type } from 'typebox'
import type { ConfigRow } from './config-row.ts'
import { upstreamsFault } from './read-upstream.ts'

/** What the gateway stands in front of. The fields of an entry have a check of their own, which names them. */
export const UPSTREAM_SETTINGS = {
  'gateway.upstreams': {
    schema: Type.Array(Type.Unknown(), { maxItems: 100 }),
    default: [],
    description: 'What paired devices reach through this gateway, and on which terms; see Upstreams below.',
    allowed:
      'a list such as [{ match: { path: "/app" }, target: "http://127.0.0.1:3000", scope: "operator.read" }]',
    fault: upstreamsFault,
    applies: 'restart',
  },
  'upstreams.port': {
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    default: 18_790,
    description: 'TCP port of the upstreams without a host of their own; 0 takes any free port.',
    allowed: 'a port number from 1 to 65535, for example 18790',
    applies: 'restart',
  },
  'upstreams.plainCookies': {
    schema: Type.Boolean(),
    default: false,
    description:
      'Whether browsers get cookies of upstreams also without TLS, good for five minutes; whoever is on the way can take them.',
    allowed: 'true or false',
    applies: 'restart',
  },
} as const satisfies Record<string, ConfigRow>
