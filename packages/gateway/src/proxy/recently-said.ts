import type { DevicePrincipal } from '@pairgate/core'
import type { DeviceId } from '@pairgate/protocol'

/** Headers, name and value by turns. */
export type Told = readonly string[]

/** What an upstream was told about a caller, and until when it may be told so again. */
export interface Said {
  readonly principal: DevicePrincipal
  readonly target: string
  readonly told: Told
  readonly until: number
}

const DEVICES = 10_000
/** Upstreams that a device talks to side by side, each with what it is told of it. */
const PER_DEVICE = 32

/**
 * Finds it by comparing what stands in it, each time: a device that was moved, or holds less than before, is
 * another caller. To compare costs less than to make one key of it all.
 */
export function createRecentlySaid() {
  const byDevice = new Map<DeviceId, readonly Said[]>()
  return {
    find(principal: DevicePrincipal, target: string): Said | undefined {
      for (const said of byDevice.get(principal.deviceId) ?? [])
        if (said.target === target && isSame(said.principal, principal)) return said
      return undefined
    },
    keep(said: Said): void {
      const { deviceId } = said.principal
      const others = (byDevice.get(deviceId) ?? []).filter(
        ({ principal, target }) => target !== said.target || !isSame(principal, said.principal),
      )
      if (byDevice.size >= DEVICES) byDevice.clear()
      byDevice.set(deviceId, [said, ...others].slice(0, PER_DEVICE))
    },
  }
}

/** In everything that an upstream is told. */
function isSame(one: DevicePrincipal, other: DevicePrincipal): boolean {
  if (one.deviceId !== other.deviceId || one.role !== other.role) return false
  return one.sessionId === other.sessionId && isSameList(one.scopes, other.scopes)
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at])
}
