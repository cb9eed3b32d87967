import { Type } from 'typebox'
import { anyRole, closed, type MethodRow, Nothing, operator, Text } from './method-row.ts'

/** Milliseconds, or `null`. One schema instead of a union, which would tell each fault three times. */
const Lifetime = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1_000,
  maximum: 3_153_600_000_000,
})
const SessionWord = Type.String({ minLength: 1, maxLength: 128 })

/** Methods about devices, their requests and their tokens. */
export const DEVICE_METHODS = {
  'device.pair.list': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'filtered',
    params: Nothing,
  },
  'device.pair.approve': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        requestId: Text,
        /** Less than was asked for; never more. */
        scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })),
        /** Readable key of an existing session, or `new`, or `*`. */
        session: Type.Optional(SessionWord),
        /** The token's lifetime from now on, in milliseconds; `null`: no deadline. */
        expiresInMs: Type.Optional(Lifetime),
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
    session: 'target',
    params: Type.Object({ requestId: Text }, closed),
  },
  'device.pair.remove': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object({ deviceId: Text }, closed),
  },
  'device.pair.rename': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object({ deviceId: Text, label: Type.String({ minLength: 1, maxLength: 64 }) }, closed),
    since: 4,
  },
  'device.token.rotate': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      { deviceId: Text, role: Text, scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })) },
      closed,
    ),
  },
  'device.token.revoke': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        deviceId: Text,
        role: Text,
        /** Along with what the device had let in, and what those had. */
        cascade: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
  },
  'device.token.extend': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        deviceId: Text,
        role: Text,
        /** From now on, in milliseconds; `null`: no deadline. */
        expiresInMs: Lifetime,
      },
      closed,
    ),
    extended: true,
  },
  'device.token.move': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        deviceId: Text,
        role: Text,
        /** Readable key of an existing session, or `new`, or `*`. */
        session: SessionWord,
      },
      closed,
    ),
    extended: true,
  },
  'device.token.access': {
    roles: anyRole,
    // Whoever may connect may carry less of the same for some minutes.
    scope: 'none',
    session: 'none',
    params: Type.Object(
      {
        ttlMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_600_000 })),
        /** The origin of the one app that it is for. */
        audience: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
        /** Out of the connection's; left out, all of them but admin and pairing. */
        scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })),
      },
      closed,
    ),
    extended: true,
  },
  'device.scopes.requestUpgrade': {
    roles: operator,
    // A grant may be empty, and asking grants nothing: the handlers look at the connection's own device alone.
    scope: 'none',
    session: 'none',
    params: Type.Object(
      { scopes: Type.Array(Text, { minItems: 1, maxItems: 8, uniqueItems: true }) },
      closed,
    ),
    since: 4,
  },
  'device.scopes.waitUpgrade': {
    roles: operator,
    scope: 'none',
    session: 'target',
    params: Type.Object({ requestId: Text }, closed),
    since: 4,
  },
} as const satisfies Record<string, MethodRow>
