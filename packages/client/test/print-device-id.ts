import { loadOrCreateFileKey } from '../src/key/file-device-key.ts'

// A process of its own for the tests in which several come first at once.
const key = await loadOrCreateFileKey(process.argv[2] ?? '')
process.stdout.write(key.deviceId)
