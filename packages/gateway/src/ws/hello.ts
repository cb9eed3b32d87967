import type { Admission } from '@pairgate/core'
import {
  EVENT_NAMES,
  type HelloAuth,
  type HelloOk,
  LIMITS,
  methodNames,
  PROTOCOL_VERSION,
} from '@pairgate/protocol/wire'

export interface HelloFacts {
  readonly version: string
  readonly bootId: string
  readonly uptimeMs: number
  readonly now: number
  readonly extended: boolean
  /** Readable key of the token's session, or `*`. */
  readonly sessionKey: string | undefined
}

/** The answer to an accepted connect (protocol fact 11). `main` always means the caller's own session. */
export function helloOk(admission: Admission, facts: HelloFacts): HelloOk {
  return {
    type: 'hello-ok',
    protocol: PROTOCOL_VERSION,
    server: { version: facts.version, connId: admission.principal.connId, bootId: facts.bootId },
    features: { methods: methodNames(facts.extended), events: EVENT_NAMES },
    snapshot: {
      presence: [],
      health: { ok: true, ts: facts.now, durationMs: 0 },
      stateVersion: { presence: 0, health: 0 },
      uptimeMs: facts.uptimeMs,
      sessionDefaults: {
        defaultAgentId: 'main',
        mainKey: 'main',
        mainSessionKey: 'agent:main:main',
        scope: 'per-sender',
      },
    },
    auth: helloAuth(admission, facts),
    policy: {
      maxPayload: LIMITS.frameBytes,
      maxBufferedBytes: LIMITS.bufferedBytes,
      tickIntervalMs: LIMITS.tickIntervalMs,
    },
  }
}

function helloAuth({ principal, token, method }: Admission, { extended, sessionKey }: HelloFacts): HelloAuth {
  const { role, scopes } = principal
  const plain = { role, scopes, ...(token && { deviceToken: token.secret, issuedAtMs: token.issuedAt }) }
  if (!extended) return plain
  const expiresAtMs = token?.record.expiresAt
  return {
    ...plain,
    method,
    ...(token && { tokenScopes: token.record.scopes }),
    ...(sessionKey !== undefined && { session: sessionKey }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
  }
}
