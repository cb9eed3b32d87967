import { Type } from 'typebox'
import { closed, type MethodRow, Nothing, operator, Text } from './method-row.ts'

const Label = Type.String({ minLength: 1, maxLength: 64 })
const Id = Type.Object({ id: Text }, closed)

/** Methods about invitations: what operators hand out before a device asks. */
export const INVITATION_METHODS = {
  'device.pair.invite': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        role: Type.Optional(Type.Enum(['operator', 'node'])),
        /** What the operator's token will hold; `operator.read` unless told otherwise. */
        scopes: Type.Optional(Type.Array(Text, { maxItems: 32 })),
        /** Readable key of an existing session, or `new`, or `*`. */
        session: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
        /** The token's lifetime from the redemption on, in milliseconds. */
        tokenTtlMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 3_153_600_000_000 })),
        label: Type.Optional(Label),
        /** The invitation's own lifetime, in milliseconds; ten minutes unless told otherwise. */
        ttlMs: Type.Optional(Type.Integer({ minimum: 10_000, maximum: 86_400_000 })),
        /** Who brings it only asks, and the inviter compares the words. */
        confirm: Type.Optional(Type.Boolean()),
        /** Also draw six digits. */
        withCode: Type.Optional(Type.Boolean()),
      },
      closed,
    ),
    extended: true,
  },
  'device.pair.invitations': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'filtered',
    params: Nothing,
    extended: true,
  },
  'device.pair.cancelInvitation': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Id,
    extended: true,
  },
  'device.pair.confirm': {
    roles: operator,
    scope: 'operator.pairing',
    session: 'target',
    params: Type.Object(
      {
        id: Text,
        /** Of the candidate; only one that stands alone need not be named. */
        requestId: Type.Optional(Text),
      },
      closed,
    ),
    extended: true,
  },
  'device.pair.claimCode': {
    roles: operator,
    scope: 'operator.admin',
    session: 'every',
    params: Nothing,
    extended: true,
  },
} as const satisfies Record<string, MethodRow>
