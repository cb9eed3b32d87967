import type { PairedRow, PendingRow } from './pairing-rows.ts'

/** A paired device, and how often it is connected to this gateway right now. */
export interface DeviceRow extends PairedRow {
  readonly connections: number
}

/** One page of the devices that were asked for. */
export interface DevicePage {
  readonly devices: readonly DeviceRow[]
  /** The cursor of the next page, unless this is the last. */
  readonly next?: string
  /** How many there are on all pages. */
  readonly total: number
  /** Counting ended there: there are more. */
  readonly totalIsCut?: true
}

/** Open requests, with those of their devices that are paired already. */
export interface PendingList {
  readonly pending: readonly PendingRow[]
  readonly devices: readonly DeviceRow[]
  /** As in `DevicePairList`. */
  readonly madeRoomAtMs?: number
}
