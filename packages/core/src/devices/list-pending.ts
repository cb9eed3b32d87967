import { homeOf, mayDecide } from '../access/home-session.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { DeviceList, ListDevicesDeps } from './list-devices.ts'
import { withTokens } from './page-devices.ts'

/** Open requests that the principal may see, and those of their devices that are paired already. */
export function createListPending({ read, clock, shown, roomMade }: ListDevicesDeps) {
  return async (principal: Principal): Promise<DeviceList> => {
    const only = isSelfScoped(principal) ? principal.deviceId : undefined
    const requests = await read.listOpenRequests(clock.now(), only)
    const askers = [...new Set(requests.map(({ deviceId }) => deviceId))]
    const found = await Promise.all(askers.map((id) => read.findDevice(id)))
    const { devices, sessions } = await withTokens(
      read,
      principal,
      found.filter((device) => device !== undefined),
    )
    const rowOf = new Map(devices.map((row) => [row.device.id, row]))
    const pending = requests.filter(({ deviceId }) =>
      mayDecide(principal, deviceId, homeOf(rowOf.get(deviceId)?.tokens ?? [])),
    )
    // As with the whole list: who sees only itself keeps no request in its place.
    if (only === undefined)
      shown.mark(
        requests.map(({ id }) => id),
        clock.now(),
      )
    const seen = new Set(pending.map(({ deviceId }) => deviceId))
    return {
      pending: pending.map((request) => ({ request, isRepair: rowOf.has(request.deviceId) })),
      paired: devices.filter(({ device: { id } }) => seen.has(id)),
      sessions,
      madeRoomAt: only === undefined ? roomMade.lately(clock.now()) : undefined,
    }
  }
}
