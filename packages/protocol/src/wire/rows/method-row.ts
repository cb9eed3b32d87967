import type { TSchema } from 'typebox'
import { Type } from 'typebox'
import type { Role } from '../../role.ts'
import type { Scope } from '../../scope.ts'
import type { SessionReach } from '../../session-reach.ts'
import type { ProtocolVersion } from '../protocol-version.ts'

/** Who may call a method: the roles, the one scope that it needs (`none`: any), and what it says of sessions. */
export interface MethodRow {
  readonly roles: readonly Role[]
  readonly scope: Scope | 'none'
  readonly session: SessionReach
  readonly params: TSchema
  /** Only for clients that announced `pairgate-1`: OpenClaw means something else by the name. */
  readonly extended?: true
  /** Served, and not among `features.methods`, as OpenClaw has it. */
  readonly unlisted?: true
  /** The first protocol that has it; left out, all of ours. */
  readonly since?: ProtocolVersion
}

export const operator = ['operator'] as const
export const anyRole = ['operator', 'node'] as const

/** Params are closed: what a method does not know is refused. */
export const closed = { additionalProperties: false }
export const Text = Type.String({ minLength: 1 })
export const Nothing = Type.Object({}, closed)
