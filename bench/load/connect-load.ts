import { serveJobs } from '../machine/children.ts'
import { type LoadDevice, openDevice, readDevices } from './open-device.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

export interface ConnectJob {
  readonly port: number
  readonly serverPid: number
  readonly devicesFile: string
  readonly concurrency: number
  /** Stops at whichever comes first. */
  readonly ms: number
  readonly atMost: number
}

export interface ConnectResult extends LoadResult {
  /** From the first byte to the hello, one per connect. */
  readonly helloMs: readonly number[]
}

const known = new Map<string, readonly LoadDevice[]>()
let turn = 0

serveJobs<ConnectJob, ConnectResult>(async (job) => {
  const devices = known.get(job.devicesFile) ?? readDevices(job.devicesFile)
  known.set(job.devicesFile, devices)
  const helloMs: number[] = []
  const result = await timedWindow(job.serverPid, async () => {
    const endsAt = performance.now() + job.ms
    let started = 0
    const worker = async (): Promise<void> => {
      while (performance.now() < endsAt && started < job.atMost) {
        started += 1
        turn += 1
        helloMs.push(await connectOnce(job.port, devices[turn % devices.length] as LoadDevice))
      }
    }
    await Promise.all(Array.from({ length: job.concurrency }, worker))
    return helloMs.length
  })
  return { ...result, helloMs }
})

/** Challenge, connect, hello, goodbye; resolves when the server has closed. */
async function connectOnce(port: number, device: LoadDevice): Promise<number> {
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const startedAt = performance.now()
  const socket = await openDevice(port, device, { closed: () => resolve() })
  const helloMs = performance.now() - startedAt
  socket.close()
  await closed
  return helloMs
}
