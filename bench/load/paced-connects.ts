import { serveJobs } from '../machine/children.ts'
import { connectOnce, deviceFrame } from './connect-once.ts'
import { type LoadDevice, readDevices } from './open-device.ts'
import { paced } from './paced.ts'

export interface PacedJob {
  readonly port: number
  readonly devicesFile: string
  readonly perSecond: number
  readonly ms: number
}

export interface PacedResult {
  /** From the first byte to the hello, one per connect. */
  readonly helloMs: readonly number[]
  /** What came instead of a hello, counted. */
  readonly refusals: Readonly<Record<string, number>>
}

serveJobs<PacedJob, PacedResult>(async ({ port, devicesFile, ...pace }) => {
  const devices = readDevices(devicesFile)
  const helloMs: number[] = []
  const refusals: Record<string, number> = {}
  await paced(pace, async (n) => {
    const { code, ms } = await connectOnce(port, deviceFrame(devices[n % devices.length] as LoadDevice))
    if (code === 'ok') helloMs.push(ms)
    else refusals[code] = (refusals[code] ?? 0) + 1
  })
  return { helloMs, refusals }
})
