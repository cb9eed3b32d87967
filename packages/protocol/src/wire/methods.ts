import { type Static, type TSchema, Type } from 'typebox'
import type { Role } from '../role.ts'
import type { Scope } from '../scope.ts'
import { type Audience, PROTOCOL_VERSION, type ProtocolVersion } from './protocol-version.ts'

const closed = { additionalProperties: false }
const Text = Type.String({ minLength: 1 })
const Nothing = Type.Object({}, closed)

/** Who may call a method: the roles, and the one scope an operator needs (`none`: any session). */
export interface MethodRow {
  readonly roles: readonly Role[]
  readonly scope: Scope | 'none'
  readonly params: TSchema
  /** Only for clients that announced `pairgate-1`: OpenClaw means something else by the name. */
  readonly extended?: true
  /** The first protocol that has it; left out, all of ours. */
  readonly since?: ProtocolVersion
}

const operator = ['operator'] as const
const anyRole = ['operator', 'node'] as const

/**
 * Every method of the gateway, once: authorization, validation, `features.methods` and the
 * documentation are all read from here. What is not in this table is refused.
 */
export const METHODS = {
  health: {
    roles: anyRole,
    scope: 'none',
    params: Type.Object({ probe: Type.Optional(Type.Boolean()) }, closed),
  },
  status: {
    roles: operator,
    scope: 'operator.read',
    params: Type.Object({ includeChannelSummary: Type.Optional(Type.Boolean()) }, closed),
  },
  'device.pair.list': { roles: operator, scope: 'operator.pairing', params: Nothing },
  'device.pair.approve': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object(
      {
        requestId: Text,
        /** Less than was asked for; never more. */
        scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })),
        /** Readable key of an existing session, or `new`, or `*`. */
        session: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        /** The token's lifetime from now on, in milliseconds. */
        expiresInMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_153_600_000_000 })),
        label: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
        /** Digest of what the operator was shown; another one refuses the approval. */
        digest: Type.Optional(Type.String({ minLength: 64, maxLength: 64 })),
      },
      closed,
    ),
  },
  'device.pair.reject': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object({ requestId: Text }, closed),
  },
  'device.pair.remove': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object({ deviceId: Text }, closed),
  },
  'device.pair.rename': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object({ deviceId: Text, label: Type.String({ minLength: 1, maxLength: 64 }) }, closed),
    since: 4,
  },
  'device.token.rotate': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object(
      { deviceId: Text, role: Text, scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })) },
      closed,
    ),
  },
  'device.token.revoke': {
    roles: operator,
    scope: 'operator.pairing',
    params: Type.Object({ deviceId: Text, role: Text }, closed),
  },
  'device.scopes.requestUpgrade': {
    roles: operator,
    // A grant may be empty, and asking grants nothing: the handlers look at the connection's own device alone.
    scope: 'none',
    params: Type.Object(
      { scopes: Type.Array(Text, { minItems: 1, maxItems: 8, uniqueItems: true }) },
      closed,
    ),
    since: 4,
  },
  'device.scopes.waitUpgrade': {
    roles: operator,
    scope: 'none',
    params: Type.Object({ requestId: Text }, closed),
    since: 4,
  },
  'system-presence': { roles: operator, scope: 'operator.read', params: Nothing },
  'gateway.identity.get': { roles: operator, scope: 'operator.read', params: Nothing },
  'audit.list': {
    roles: operator,
    scope: 'operator.admin',
    params: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        /** Only events with a smaller number. */
        before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        deviceId: Type.Optional(Text),
        kind: Type.Optional(Text),
      },
      closed,
    ),
    extended: true,
  },
  'audit.feed': {
    roles: operator,
    scope: 'operator.admin',
    params: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }, closed),
    extended: true,
  },
  'audit.erase': {
    roles: operator,
    scope: 'operator.admin',
    params: Type.Object(
      {
        /** Events about this device, or done by it. */
        deviceId: Type.Optional(Text),
        /** Events before this moment, in milliseconds since the epoch. */
        before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        /** Only say of how many events. */
        preview: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    extended: true,
  },
  'audit.prune': {
    roles: operator,
    scope: 'operator.admin',
    params: Type.Object(
      {
        /** Events before this moment, in milliseconds since the epoch. */
        before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        /** Events with a smaller number. */
        beforeSeq: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        /** Only say which they are. */
        preview: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    extended: true,
  },
  'audit.verify': { roles: operator, scope: 'operator.admin', params: Nothing, extended: true },
  'config.get': { roles: operator, scope: 'operator.read', params: Nothing },
  'config.reload': { roles: operator, scope: 'operator.admin', params: Nothing, extended: true },
} as const satisfies Record<string, MethodRow>

export type MethodName = keyof typeof METHODS
export type MethodParams<M extends MethodName> = Static<(typeof METHODS)[M]['params']>
export const METHOD_NAMES = Object.keys(METHODS) as readonly MethodName[]

/** Our own clients: every method is for them. */
const OWN_CLIENT: Audience = { protocol: PROTOCOL_VERSION, extended: true }

/** The methods that a client is told of and served. */
export function methodNames(audience: Audience): readonly MethodName[] {
  return METHOD_NAMES.filter((name) => isFor(name, audience))
}

/** @returns the method's name, or `undefined` for one that is not in the table, or not for such a client. */
export function parseMethod(text: string, audience = OWN_CLIENT): MethodName | undefined {
  if (!Object.hasOwn(METHODS, text)) return undefined
  const name = text as MethodName
  return isFor(name, audience) ? name : undefined
}

function isFor(name: MethodName, { protocol, extended }: Audience): boolean {
  const row: MethodRow = METHODS[name]
  return (extended || row.extended !== true) && (row.since ?? 0) <= protocol
}
