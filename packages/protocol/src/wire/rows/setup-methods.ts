import { Type } from 'typebox'
import { closed, type MethodRow, operator, Text } from './method-row.ts'

/** Methods by which OpenClaw's clients hand out invitations. Its gateways tell nobody that they are there. */
export const SETUP_METHODS = {
  'device.pair.setupCode': {
    roles: operator,
    scope: 'operator.admin',
    session: 'none',
    params: Type.Object(
      {
        /** The address that the code carries, instead of what the settings say. */
        publicUrl: Type.Optional(Text),
        /** Accepted, and without effect: the settings of this gateway say how it is reached. */
        preferRemoteUrl: Type.Optional(Type.Boolean()),
        includeQr: Type.Optional(Type.Boolean()),
        bootstrapProfile: Type.Optional(Type.Enum(['limited', 'node', 'voice-node'])),
        joinUrl: Type.Optional(Type.Literal(true)),
      },
      closed,
    ),
    since: 4,
    unlisted: true,
  },
  'device.pair.setupStatus': {
    roles: operator,
    scope: 'operator.admin',
    session: 'target',
    params: Type.Object({ setupId: Text }, closed),
    since: 4,
    unlisted: true,
  },
} as const satisfies Record<string, MethodRow>
