import { Type } from 'typebox'
import { closed, type MethodRow, Nothing, operator, Text } from './method-row.ts'

/** Methods for those who look after many devices: the web console, and commands that list. */
export const CONSOLE_METHODS = {
  'device.page': {
    roles: operator,
    scope: 'operator.pairing',
    session: { param: 'session' },
    params: Type.Object(
      {
        /** A part of a name or an address, or how an id begins. */
        search: Type.Optional(Type.String({ maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]*$' })),
        state: Type.Optional(Type.Enum(['live', 'expired', 'revoked'])),
        connected: Type.Optional(Type.Boolean()),
        role: Type.Optional(Type.Enum(['operator', 'node'])),
        /** Readable key of the session that one of its tokens opens, or `*`. */
        session: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        sort: Type.Optional(Type.Enum(['name', 'paired', 'seen', 'expires'])),
        order: Type.Optional(Type.Enum(['asc', 'desc'])),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        /** The `next` of the page before, of the same sort and order. */
        cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
      },
      closed,
    ),
    extended: true,
  },
  'device.history': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        deviceId: Text,
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
        /** The `next` of the page before. */
        cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
      },
      closed,
    ),
    extended: true,
  },
  'device.pending': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'filtered',
    params: Nothing,
    extended: true,
  },
  'gateway.figures': {
    roles: operator,
    scope: 'operator.read',
    session: 'every',
    params: Type.Object(
      {
        /** How many of the last minutes. */
        minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440 })),
        /** Minutes that are added up. */
        step: Type.Optional(Type.Integer({ minimum: 1, maximum: 240 })),
      },
      closed,
    ),
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
