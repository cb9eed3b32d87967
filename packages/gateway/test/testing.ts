// What tests of other rooms need to speak with a gateway as strangers do.
export { holdTime } from './harness/hold-time.ts'
export { makeDevice } from './harness/test-device.ts'
export { openWireClient } from './harness/wire-client.ts'
export { withoutUse } from './harness/without-use.ts'
export { freePort } from './house/free-port.ts'
export {
  bytesBelow,
  insertPaired,
  openClawDatabase,
  openClawToken,
  pairedRow,
} from './migrate/openclaw-state.ts'
