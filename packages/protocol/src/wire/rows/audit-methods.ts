import { Type } from 'typebox'
import { closed, type MethodRow, Nothing, operator, Text } from './method-row.ts'

/** Methods about the event log and the feed beside it. */
export const AUDIT_METHODS = {
  'audit.list': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Type.Object(
      {
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
        /** Only events with a smaller number. */
        before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
        deviceId: Type.Optional(Text),
        kind: Type.Optional(Text),
        /** Only events from this moment on, and before that one, in milliseconds since the epoch. */
        sinceMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        untilMs: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
      },
      closed,
    ),
    extended: true,
  },
  'audit.feed': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }, closed),
    extended: true,
  },
  'audit.erase': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
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
    session: 'every',
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
  'audit.verify': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Nothing,
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
