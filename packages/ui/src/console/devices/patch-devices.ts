import { standingOf } from './standing.ts'
import type { Wanted } from './wanted.ts'

/** What has to be known of a row to keep it right. */
export interface Row {
  readonly deviceId: string
  readonly connections: number
  readonly tokens: Parameters<typeof standingOf>[0]['tokens']
}

/** What of the list is shown, and how many there are. */
export interface Shown<R extends Row = Row> {
  readonly devices: readonly R[]
  readonly total: number
}

export interface Presence {
  readonly devices: readonly { readonly deviceId: string; readonly connections: number }[]
  readonly more?: true
  readonly ts: number
}

/** Who is connected now; `undefined` when that decides who belongs to the list, or where. */
export function withPresence<R extends Row, T extends Shown<R>>(
  shown: T & Shown<R>,
  { devices: changed, more, ts }: Presence,
  { isConnected, sort }: Pick<Wanted, 'isConnected' | 'sort'>,
): T | undefined {
  if (more || isConnected || sort === 'seen') return undefined
  const counts = new Map(changed.map(({ deviceId, connections }) => [deviceId, connections]))
  if (!shown.devices.some(({ deviceId }) => counts.has(deviceId))) return shown
  const devices = shown.devices.map((device) => {
    const connections = counts.get(device.deviceId)
    if (connections === undefined) return device
    return { ...device, connections, connected: connections > 0, lastSeenAtMs: ts }
  })
  return { ...shown, devices }
}

/**
 * A row as it is now, where it stood; gone if there is no such device any more, or if it is in another state
 * than those that are shown. Where its name would stand now is found at the next reading of the list.
 */
export function withRow<R extends Row, T extends Shown<R>>(
  shown: T & Shown<R>,
  now: { readonly deviceId: string; readonly device: R | undefined; readonly at: number },
  { state }: Pick<Wanted, 'state'>,
): T {
  const { deviceId, device, at } = now
  if (!shown.devices.some((each) => each.deviceId === deviceId)) return shown
  const stays = device !== undefined && (state === '' || standingOf(device, at) === state)
  if (stays)
    return { ...shown, devices: shown.devices.map((each) => (each.deviceId === deviceId ? device : each)) }
  return {
    ...shown,
    devices: shown.devices.filter((each) => each.deviceId !== deviceId),
    total: Math.max(0, shown.total - 1),
  }
}
