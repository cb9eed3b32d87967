import { serveJobs } from '../machine/children.ts'
import { type LoadDevice, openDevice, readDevices } from './open-device.ts'
import type { RawSocket } from './raw-socket.ts'

/** Opens sockets and holds them; with `sockets: 0` lets them all go. */
export interface IdleJob {
  readonly port: number
  readonly devicesFile: string
  readonly sockets: number
}

const CONCURRENCY = 24
const held = new Set<RawSocket>()

serveJobs<IdleJob, number>(async ({ port, devicesFile, sockets }) => {
  if (sockets === 0) {
    for (const socket of held) socket.destroy()
    held.clear()
    return 0
  }
  const devices = readDevices(devicesFile)
  let started = 0
  const worker = async (): Promise<void> => {
    while (started < sockets) {
      started += 1
      held.add(await openDevice(port, devices[started % devices.length] as LoadDevice))
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return held.size
})
