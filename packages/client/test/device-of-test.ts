import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { DeviceId } from '@pairgate/protocol'
import type { DeviceTarget } from '../src/connection.ts'
import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'
import { createFileTokenStore } from '../src/tokens/file-token-store.ts'
import type { StoredToken } from '../src/tokens/token-store.ts'
import { startStrictGateway } from './strict-gateway.ts'
import type { StrictGateway } from './strict-state.ts'
import { temporaryFolder } from './temporary-folder.ts'

export interface DeviceOfTest {
  readonly gateway: StrictGateway
  readonly target: DeviceTarget
  readonly deviceId: DeviceId
  storedToken(): Promise<StoredToken | undefined>
  storeToken(token: StoredToken): Promise<void>
}

/** A device with its files, before a gateway of its own that has never seen it. */
export async function deviceOfTest(t: TestContext): Promise<DeviceOfTest> {
  const folder = await temporaryFolder(t)
  const gateway = await startStrictGateway()
  t.after(() => gateway.close())
  const key = await loadOrCreateFileKey(join(folder, 'device', 'key.pem'))
  const tokens = createFileTokenStore(join(folder, 'device', 'tokens.json'))
  return {
    gateway,
    deviceId: key.deviceId,
    target: { url: gateway.url, key, tokens, scopes: ['operator.read'] },
    storedToken: () => tokens.load(gateway.url, key.deviceId, 'operator'),
    storeToken: (token) => tokens.save(gateway.url, key.deviceId, 'operator', token),
  }
}
