import type { Admission, IssuedToken } from '@pairgate/core'
import {
  type Audience,
  type ExtraToken,
  eventNames,
  type HelloAuth,
  type HelloOk,
  LIMITS,
  methodNames,
  type PresenceRow,
  type UnpairedNote,
} from '@pairgate/protocol/wire'

export interface HelloFacts {
  readonly version: string
  readonly bootId: string
  readonly uptimeMs: number
  readonly now: number
  readonly audience: Audience
  readonly presence: readonly PresenceRow[]
  /** Readable key of the token's session, or `*`. */
  readonly sessionKey: string | undefined
}

/** The answer to an accepted connect (protocol fact 11). `main` always means the caller's own session. */
export function helloOk(admission: Admission, facts: HelloFacts): HelloOk {
  return {
    type: 'hello-ok',
    protocol: facts.audience.protocol,
    server: { version: facts.version, connId: admission.principal.connId, bootId: facts.bootId },
    features: featuresFor(facts.audience),
    snapshot: {
      presence: facts.presence,
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

type Features = HelloOk['features']

/** By kind of client, of which there are few. */
const knownFeatures = new Map<string, Features>()

function featuresFor(audience: Audience): Features {
  const kind = `${audience.protocol} ${audience.extended}`
  const known = knownFeatures.get(kind)
  if (known) return known
  const features: Features = { methods: methodNames(audience), events: eventNames(audience) }
  knownFeatures.set(kind, features)
  return features
}

function helloAuth(admission: Admission, { audience, sessionKey }: HelloFacts): HelloAuth {
  const { principal, token, others = [], method } = admission
  const { role, scopes } = principal
  const plain = {
    role,
    scopes,
    ...(token && { deviceToken: token.secret, issuedAtMs: token.issuedAt }),
    ...(others.length > 0 && { deviceTokens: others.map(extraToken) }),
  }
  if (!audience.extended) return plain
  const expiresAtMs = token?.record.expiresAt
  return {
    ...plain,
    method,
    ...(token && { tokenScopes: token.record.scopes }),
    ...(sessionKey !== undefined && { session: sessionKey }),
    ...(expiresAtMs !== undefined && { expiresAtMs }),
    ...unpairedNote(admission),
  }
}

/** Only on the way out of mode `none`: from then on the client has to be paired. */
function unpairedNote({ door }: Admission): { readonly unpaired?: UnpairedNote } {
  if (!door || door.stage === 'open' || door.endsAt === undefined) return {}
  const { stage, endsAt: endsAtMs, requestId } = door
  return { unpaired: { stage, endsAtMs, ...(requestId && { requestId }) } }
}

function extraToken({ record, secret, issuedAt }: IssuedToken): ExtraToken {
  return { deviceToken: secret, role: record.role, scopes: record.scopes, issuedAtMs: issuedAt }
}
