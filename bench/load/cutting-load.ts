import { setTimeout as sleep } from 'node:timers/promises'
import { serveJobs } from '../machine/children.ts'
import { makeAccessToken } from './access-token.ts'
import { type LoadDevice, readDevices } from './open-device.ts'
import { openStream, type Stream, type StreamPlace, UPGRADE } from './open-stream.ts'
import { type Operator, openOperator } from './operator.ts'

export interface CuttingJob {
  readonly port: number
  readonly host: string
  /** The first device is the admin that revokes. */
  readonly devicesFile: string
  /** Requests that are being answered when their token is revoked. */
  readonly held: number
  /** Connections that ask again and again meanwhile. */
  readonly asking: number
  /** Devices that are revoked with a WebSocket, an event stream and a download each. */
  readonly rounds: number
}

export interface CuttingResult {
  /** Of the requests that began after the answer. */
  readonly late: { readonly sent: number; readonly accepted: number }
  /** From the answer to the end of the last of those that were held, in milliseconds. */
  readonly heldGone: number
  /** From the answer to the end, in milliseconds; 0 when it had ended before. */
  readonly ends: readonly number[]
}

const OPENED_AT_ONCE = 200
const LATE_MS = 1_000

serveJobs<CuttingJob, CuttingResult>(async (job) => {
  const { port, devicesFile, rounds } = job
  const [admin, first, ...devices] = readDevices(devicesFile) as [LoadDevice, LoadDevice, ...LoadDevice[]]
  const operator = await openOperator(port, admin)
  const crowd = await revokeCrowd(job, operator, first)
  const ends: number[] = []
  for (const [at, device] of devices.slice(0, rounds).entries())
    ends.push(...(await revokeStreams(job, operator, { device, at: at + 2 })))
  operator.end()
  return { ...crowd, ends }
})

async function placeOf({ port, host, devicesFile }: CuttingJob, at: number): Promise<StreamPlace> {
  return { port, host, token: await makeAccessToken(port, devicesFile, at) }
}

async function revokeCrowd(job: CuttingJob, operator: Operator, device: LoadDevice) {
  const place = await placeOf(job, 1)
  const held: Stream[] = []
  while (held.length < job.held) {
    const batch = Math.min(OPENED_AT_ONCE, job.held - held.length)
    held.push(...(await Promise.all(Array.from({ length: batch }, () => openStream(place, '/held')))))
  }
  let answeredAt = Number.POSITIVE_INFINITY
  let isRunning = true
  const late = { sent: 0, accepted: 0 }
  const asking = Array.from({ length: job.asking }, async () => {
    while (isRunning) {
      const isLate = performance.now() > answeredAt
      const asked = await openStream(place, '/').catch(() => undefined)
      if (isLate) late.sent += 1
      if (isLate && asked) late.accepted += 1
      asked?.end()
    }
  })
  await sleep(200)
  const { id: deviceId, role } = device
  await operator.call('device.token.revoke', { deviceId, role })
  answeredAt = performance.now()
  const gone = await Promise.all(held.map(({ endedAt }) => endedAt))
  await sleep(LATE_MS)
  isRunning = false
  await Promise.all(asking)
  return { late, heldGone: Math.max(0, Math.max(...gone) - answeredAt) }
}

async function revokeStreams(
  job: CuttingJob,
  operator: Operator,
  { device, at }: { readonly device: LoadDevice; readonly at: number },
): Promise<readonly number[]> {
  const place = await placeOf(job, at)
  const streams = await Promise.all([
    openStream(place, '/socket', UPGRADE),
    openStream(place, '/events'),
    openStream(place, '/download'),
  ])
  await sleep(50)
  if (streams.some(({ isOver }) => isOver)) throw new Error('a stream ended by itself')
  const { id: deviceId, role } = device
  await operator.call('device.token.revoke', { deviceId, role })
  const answeredAt = performance.now()
  const ended = await Promise.all(streams.map(({ endedAt }) => endedAt))
  return ended.map((each) => Math.max(0, each - answeredAt))
}
