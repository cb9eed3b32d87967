import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type GatewayOfTest, openGateway, type TestHooks } from '../harness/gateway-of-test.ts'
import type { ReferenceDevice } from './reference-device.ts'

type Settings = Readonly<Record<string, unknown>>

/** A gateway that comes back under the same address, and what its owner does with the reference client. */
export interface ReferenceGateway {
  readonly gateway: GatewayOfTest
  readonly url: string
  stop(): Promise<void>
  /** Stops it if it still runs, and starts it on the same state and port. */
  restart(settings?: Settings): Promise<void>
  /** The owner calls a method that must succeed. */
  ask<T>(method: string, params: object): Promise<T>
  /** @param approval narrower scopes, a lifetime. */
  approve(requestId: unknown, approval?: object): Promise<void>
  rotate(device: ReferenceDevice, change?: object): Promise<void>
  revoke(device: ReferenceDevice): Promise<void>
  /** Its token runs out in so many milliseconds, which may be sooner than before. */
  extend(device: ReferenceDevice, expiresInMs: number): Promise<void>
  remove(device: ReferenceDevice): Promise<void>
}

/** @param settings the content of `pairgate.json`, below `gateway`. */
export async function openReferenceGateway(
  hooks: TestHooks,
  settings: Settings = {},
): Promise<ReferenceGateway> {
  // Without a flag the port comes from the file, where a restart finds the one that was taken.
  const gateway = await openGateway(hooks, { config: { ...settings, port: 0 }, flags: { port: undefined } })
  const { url, port } = gateway
  const role = 'operator'

  async function ask<T>(method: string, params: object): Promise<T> {
    const owner = await gateway.owner()
    const result = await owner.call<T>(method, params)
    await owner.end()
    return result
  }
  const deviceIdOf = ({ identity: { deviceId } }: ReferenceDevice) => deviceId
  return {
    gateway,
    url,
    stop: () => gateway.stop(),
    async restart(changed = settings) {
      const config = { gateway: { ...changed, port } }
      writeFileSync(join(gateway.stateDir, 'pairgate.json'), JSON.stringify(config), { mode: 0o600 })
      await gateway.restart()
    },
    ask,
    async approve(requestId, approval) {
      await ask('device.pair.approve', { requestId, ...approval })
    },
    async rotate(device, change) {
      await ask('device.token.rotate', { deviceId: deviceIdOf(device), role, ...change })
    },
    async revoke(device) {
      await ask('device.token.revoke', { deviceId: deviceIdOf(device), role })
    },
    async extend(device, expiresInMs) {
      await ask('device.token.extend', { deviceId: deviceIdOf(device), role, expiresInMs })
    },
    async remove(device) {
      await ask('device.pair.remove', { deviceId: deviceIdOf(device) })
    },
  }
}
