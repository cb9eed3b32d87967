import { Type } from 'typebox'
import { closed, type MethodRow, operator } from './method-row.ts'

/** Longer than any key, so that a key that is none is simply unknown. */
const SessionName = Type.String({ minLength: 1, maxLength: 128 })
const Label = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })
const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** Methods about sessions and about the messages in them. */
export const SESSION_METHODS = {
  'sessions.list': {
    roles: operator,
    scope: 'operator.read',
    session: 'filtered',
    params: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })) }, closed),
    extended: true,
  },
  'sessions.resolve': {
    roles: operator,
    scope: 'operator.read',
    session: { param: 'key' },
    params: Type.Object({ key: Type.Optional(SessionName), sessionId: Type.Optional(SessionName) }, closed),
    extended: true,
  },
  'sessions.create': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Type.Object({ key: SessionName, label: Type.Optional(Label) }, closed),
    extended: true,
  },
  'sessions.patch': {
    roles: operator,
    scope: 'operator.admin',
    session: { param: 'key' },
    params: Type.Object(
      {
        key: SessionName,
        newKey: Type.Optional(SessionName),
        /** `null` takes it away. */
        label: Type.Optional(Type.Union([Label, Type.Null()])),
      },
      closed,
    ),
    extended: true,
  },
  'sessions.delete': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Type.Object(
      {
        key: SessionName,
        /** Revoke the tokens that open it. */
        revokeTokens: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    extended: true,
  },
  'chat.send': {
    roles: operator,
    scope: 'operator.write',
    session: { param: 'sessionKey' },
    params: Type.Object(
      {
        sessionKey: Type.Optional(SessionName),
        message: Type.String({ minLength: 1 }),
        /** Of this sender in this session: the same key sends the same message once. */
        idempotencyKey: Type.String({ minLength: 1, maxLength: 128, pattern: '^[!-~]*$' }),
      },
      closed,
    ),
    extended: true,
  },
  'chat.history': {
    roles: operator,
    scope: 'operator.read',
    session: { param: 'sessionKey' },
    params: Type.Object(
      {
        sessionKey: Type.Optional(SessionName),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        /** Only messages with a smaller number. */
        before: Type.Optional(Seq),
        /** Only messages with a greater number, from the oldest on. */
        after: Type.Optional(Seq),
      },
      closed,
    ),
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
