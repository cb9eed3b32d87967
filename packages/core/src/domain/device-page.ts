import type { DeviceId, Instant, Role, SessionId } from '@pairgate/protocol'
import type { Device } from './device.ts'
import type { TokenState } from './token.ts'

/** Which devices somebody may see: all of them, or their own and those that lie in one session. */
export type DeviceReach = 'all' | { readonly own: DeviceId | undefined; readonly home: SessionId | undefined }

/** By name, by when they were paired, last seen, or when the first of their tokens ends. */
export type DeviceSort = 'name' | 'paired' | 'seen' | 'expires'

/** Which devices are meant. Everything that is named must fit. */
export interface DeviceChoice {
  readonly reach: DeviceReach
  /** A part of a name or an address, or how an id begins; folded. */
  readonly search: string | undefined
  /** `live`: with a token that stands; `expired`: without, but with one that has run out; else `revoked`. */
  readonly state: TokenState | undefined
  /** Only those, or only others than those. */
  readonly connected: { readonly is: boolean; readonly ids: readonly DeviceId[] } | undefined
  /** Approved for this role. */
  readonly role: Role | undefined
  /** With a token that opens exactly this. */
  readonly session: SessionId | undefined
  readonly now: Instant
  readonly idleMs: number | undefined
}

/** Where a device stands in a sorted list. The id tells apart those whose keys are the same. */
export interface DevicePlace {
  readonly key: string | number
  readonly id: DeviceId
}

export interface DeviceOrder {
  readonly sort: DeviceSort
  readonly descending: boolean
  /** Only what stands behind this place. */
  readonly after: DevicePlace | undefined
  readonly limit: number
}

export interface PlacedDevices {
  readonly devices: readonly { readonly device: Device; readonly place: DevicePlace }[]
  /** Of all devices that there are, not more than `MOST_COUNTED` and one are counted. */
  readonly total: number
}

/** Counting further would take longer than anybody needs to know. */
export const MOST_COUNTED = 100_000

/** So that an index can hold it on both engines, whatever a device calls itself. */
const KEY_LETTERS = 400

/** Text as it is searched and sorted: without regard to case, width or how accents are written. */
export function foldText(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** What a device is sorted by and found under: the name that people see first, then its other names. */
export function nameKeyOf({ operatorLabel, displayName, clientId }: NamedDevice): string {
  const names = [operatorLabel, displayName, clientId].filter((name) => name !== undefined)
  // A line feed sorts before every letter, so that the first name decides.
  return [...foldText(names.join('\n'))].slice(0, KEY_LETTERS).join('')
}

type NamedDevice = Pick<Device, 'operatorLabel' | 'displayName' | 'clientId'>
