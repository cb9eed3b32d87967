import type { DeviceId } from '@pairgate/protocol'
import { createFileTokenStore } from '../src/tokens/file-token-store.ts'

// A process of its own that stores 20 tokens of one gateway, for the tests of several at once.
const [path = '', gateway = ''] = process.argv.slice(2)
const store = createFileTokenStore(path)
for (let n = 0; n < 20; n += 1) {
  const deviceId = n.toString(16).padStart(64, '0') as DeviceId
  await store.save(gateway, deviceId, 'operator', { token: `${gateway} ${n}`, scopes: [] })
}
