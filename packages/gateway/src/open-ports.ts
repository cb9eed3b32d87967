import { needsPort, sharesPort } from './config/check-upstreams.ts'
import type { GatewayConfig } from './config/gateway-config.ts'
import type { StatePaths } from './config/state-dir.ts'
import { type Listening, listen, type TlsOfServer } from './http/listen.ts'
import type { DoorHandlers, Doors } from './proxy/doors.ts'

/** Where the gateway listens. */
export interface OpenPorts extends Listening {
  /** Of the upstreams without a host of their own; absent when there are none. */
  readonly upstreamsPort?: number
}

export interface PortsPlace {
  readonly hosts: readonly string[]
  readonly paths: Pick<StatePaths, 'ownerSocket'>
  readonly tls: TlsOfServer | undefined
}

/** Listens at the port of the gateway, and at the one of the upstreams where something needs it. */
export async function openPorts(doors: Doors, config: GatewayConfig, place: PortsPlace): Promise<OpenPorts> {
  const { hosts, tls, paths } = place
  const { port, upstreams } = config
  const shared = { hosts, tls, takesLongBodies: upstreams.all.length > 0, watch: doors.watch }
  const own = await listen({ ...shared, ...at(doors.gateway), port, ownerSocketPath: paths.ownerSocket })
  if (!doors.upstreams || !needsPort(upstreams)) return own
  if (sharesPort(config)) return { ...own, upstreamsPort: own.port }
  try {
    const behind = await listen({
      ...shared,
      ...at(doors.upstreams),
      port: upstreams.port,
      ownerSocketPath: undefined,
    })
    return {
      port: own.port,
      upstreamsPort: behind.port,
      addresses: [...own.addresses, ...behind.addresses],
      close: async () => void (await Promise.all([own.close(), behind.close()])),
    }
  } catch (error) {
    await own.close()
    throw error
  }
}

function at(door: DoorHandlers) {
  return { app: door, onUpgrade: door.onUpgrade }
}
