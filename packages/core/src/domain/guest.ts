import type { DeviceId, Instant, Role, Scope } from '@pairgate/protocol'
import type { DeviceMetadata } from './device.ts'

/** Somebody who was let in without a pairing, on the way out of mode `none`, and what became of that. */
export interface Guest extends DeviceMetadata {
  /** The device, or what the client calls itself and where it comes from. */
  readonly key: string
  /** Absent for a client without a key, which cannot be paired. */
  readonly deviceId: DeviceId | undefined
  readonly remoteIp: string | undefined
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly connects: number
  /** In which it came. */
  readonly roles: readonly Role[]
  /** What it asked for the last time. */
  readonly scopes: readonly Scope[]
  /** How often it called which method. */
  readonly methods: Readonly<Record<string, number>>
}

/** What is known of one guest from two times; what it says of itself is believed as it said it last. */
export function addGuests(one: Guest, other: Guest): Guest {
  const last = other.lastAt >= one.lastAt ? other : one
  const methods = { ...one.methods }
  for (const [name, count] of Object.entries(other.methods)) methods[name] = (methods[name] ?? 0) + count
  return {
    ...last,
    firstAt: one.firstAt < other.firstAt ? one.firstAt : other.firstAt,
    connects: one.connects + other.connects,
    roles: [...new Set([...one.roles, ...other.roles])],
    methods,
  }
}
