import type { ForeignDevice } from '@pairgate/core'
import type { Skipped } from './skip-reasons.ts'

/** A row with the names of OpenClaw's JSON files, whatever it was stored in; nothing of it is checked. */
export type RawRow = Readonly<Record<string, unknown>>

/** Where the rows come from. */
export interface ForeignSource {
  readonly dir: string
  readonly kind: 'sqlite' | 'json'
  readonly file: string
  /** The version that wrote it last, if it says so. */
  readonly version: string | undefined
  /** A second set of rows that was there and is not read. */
  readonly ignored: string | undefined
}

export interface RawState {
  readonly source: ForeignSource
  readonly paired: readonly RawRow[]
  readonly pending: readonly RawRow[]
}

/** A request that waits there. It is shown and not taken over. */
export interface ForeignRequest {
  readonly deviceId: string
  readonly name: string | undefined
  readonly role: string | undefined
  readonly scopes: readonly string[]
}

/** Scopes of a token that mean nothing here. */
export interface LeftOut {
  readonly deviceId: string
  readonly role: string
  readonly scopes: readonly string[]
}

export interface ForeignState {
  readonly source: ForeignSource
  readonly devices: readonly ForeignDevice[]
  readonly skipped: readonly Skipped[]
  readonly leftOut: readonly LeftOut[]
  readonly pending: readonly ForeignRequest[]
}
