import type { TSchema } from 'typebox'

/**
 * When a changed setting counts: `live` in the running gateway as soon as it is told, `restart` when the
 * gateway starts again, `commands` with the next command, because the gateway never asks for it.
 */
export type Applies = 'live' | 'restart' | 'commands'

/** One setting: what it may be, what it is when nobody says, and the words for people. */
export interface ConfigRow {
  readonly schema: TSchema
  readonly default: unknown
  readonly description: string
  /** Completes "Use …" in error messages. */
  readonly allowed: string
  /** Never shown, logged or repeated in an error. */
  readonly secret?: boolean
  readonly env?: string
  /** The flag of `gateway run` that sets it, for error messages. */
  readonly flag?: string
  readonly applies: Applies
  /** What is wrong with a value of the right type, or `undefined`. */
  readonly fault?: (value: never) => string | undefined
}
