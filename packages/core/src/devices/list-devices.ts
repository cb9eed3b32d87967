import type { DeviceId, Instant } from '@pairgate/protocol'
import { homeOf, mayDecide, mayManage } from '../access/home-session.ts'
import type { OpenRequest } from '../domain/pairing-request.ts'
import { isSelfScoped, type Principal } from '../domain/principal.ts'
import type { Session } from '../domain/session.ts'
import type { Token } from '../domain/token.ts'
import type { RoomMade } from '../pairing/room-made.ts'
import type { ShownRequests } from '../pairing/shown-requests.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoreReader } from '../ports/store.ts'
import { type ShownDevice, showDevices } from './shown-device.ts'

export interface DeviceList {
  readonly pending: readonly { readonly request: OpenRequest; readonly isRepair: boolean }[]
  readonly paired: readonly { readonly device: ShownDevice; readonly tokens: readonly Token[] }[]
  readonly sessions: ReadonlyMap<string, Session>
  /** When requests lately made room for others; only for who sees all that are open. */
  readonly madeRoomAt: Instant | undefined
}

export interface ListDevicesDeps {
  readonly read: StoreReader
  readonly clock: Clock
  readonly shown: ShownRequests
  readonly roomMade: Pick<RoomMade, 'lately'>
}

/**
 * Open requests and paired devices, as far as the principal may see them: a self-scoped one sees itself, an
 * admin of one session what lies in it.
 */
export function createListDevices({ read, clock, shown, roomMade }: ListDevicesDeps) {
  return async (principal: Principal): Promise<DeviceList> => {
    const only = isSelfScoped(principal) ? principal.deviceId : undefined
    const [requests, devices, tokens, sessions] = await Promise.all([
      read.listOpenRequests(clock.now(), only),
      read.listDevices(only),
      read.listTokens(only),
      read.listSessions(),
    ])
    const tokensOf = Map.groupBy(tokens, (token) => token.deviceId)
    const homeOfDevice = (id: DeviceId) => homeOf(tokensOf.get(id) ?? [])
    // All of them, also those that an admin of one session is not shown: marking is about the whole list.
    // Who sees only itself decides nothing, so its list keeps no request in its place.
    if (only === undefined)
      shown.mark(
        requests.map(({ id }) => id),
        clock.now(),
      )
    const known = new Set<string>(devices.map((device) => device.id))
    const paired = devices.filter(({ id }) => mayManage(principal, id, homeOfDevice(id)))
    return {
      pending: requests
        .filter(({ deviceId }) => mayDecide(principal, deviceId, homeOfDevice(deviceId)))
        .map((request) => ({ request, isRepair: known.has(request.deviceId) })),
      paired: (await showDevices(read, principal, paired)).map((device) => ({
        device,
        tokens: tokensOf.get(device.id) ?? [],
      })),
      sessions: new Map(sessions.map((session) => [session.id, session])),
      madeRoomAt: only === undefined ? roomMade.lately(clock.now()) : undefined,
    }
  }
}
