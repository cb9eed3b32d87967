import { setTimeout as sleep } from 'node:timers/promises'
import { serveJobs } from '../machine/children.ts'
import { type LoadDevice, openDevice, readDevices } from './open-device.ts'
import { type Operator, openOperator } from './operator.ts'
import { maskedFrame, type RawSocket } from './raw-socket.ts'

export interface RevokeJob {
  readonly port: number
  /** The first device is the admin that revokes. */
  readonly devicesFile: string
  readonly sockets: number
  readonly revokes: number
  /** Between two requests of one socket. */
  readonly talkEveryMs: number
  /** Each so many-th of those that are revoked answers no close. */
  readonly deafEach: number
}

export interface RevokeResult {
  /** All in milliseconds from sending the revoke; one per revoke. */
  readonly answered: readonly number[]
  readonly lastFrame: readonly number[]
  readonly closed: readonly number[]
  /** Until TCP was gone, one per peer that answers no close. */
  readonly gone: readonly number[]
  /** Requests that were sent after the answer to the revoke, and those of them that were served. */
  readonly late: { readonly sent: number; readonly served: number }
  /** Answers that all sockets received per second. */
  readonly talkPerSecond: number
}

interface Talker {
  readonly device: LoadDevice
  readonly socket: RawSocket
  readonly isDeaf: boolean
  lastFrameAt: number
  closedAt: number | undefined
  goneAt: number | undefined
}

const health = (id: string) => maskedFrame(JSON.stringify({ type: 'req', id, method: 'health', params: {} }))
const HEALTH = health('h')
const LATE = health('late')
const OPENED_AT_ONCE = 16
/** Requests of the device that are on their way when the revoke is sent. */
const BURST = 5
const SLICE_MS = 10
const CLOSE_LIMIT_MS = 2_000
let answers = 0
let lateServed = 0

serveJobs<RevokeJob, RevokeResult>(async (job) => {
  const [admin, ...devices] = readDevices(job.devicesFile) as [LoadDevice, ...LoadDevice[]]
  const operator = await openOperator(job.port, admin)
  const talkers = await openTalkers(job, devices.slice(0, job.sockets))
  const talking = startTalking(talkers, job.talkEveryMs)
  await sleep(500)

  const answered: number[] = []
  const lastFrame: number[] = []
  const closed: number[] = []
  const deaf: { readonly talker: Talker; readonly sentAt: number }[] = []
  let lateSent = 0
  const startedAt = performance.now()
  const answersBefore = answers
  for (const talker of talkers.slice(0, job.revokes)) {
    const times = await revokeOne(operator, talker)
    answered.push(times.answered)
    lastFrame.push(times.lastFrame)
    closed.push(times.closed)
    lateSent += times.late
    if (talker.isDeaf) deaf.push({ talker, sentAt: times.sentAt })
  }
  const talkPerSecond = ((answers - answersBefore) * 1000) / (performance.now() - startedAt)
  clearInterval(talking)
  await until(() => deaf.every(({ talker }) => talker.goneAt !== undefined))
  const gone = deaf.map(({ talker, sentAt }) => (talker.goneAt ?? Number.POSITIVE_INFINITY) - sentAt)
  for (const { socket } of talkers) socket.destroy()
  return { answered, lastFrame, closed, gone, late: { sent: lateSent, served: lateServed }, talkPerSecond }
})

async function openTalkers(
  { port, deafEach }: RevokeJob,
  devices: readonly LoadDevice[],
): Promise<readonly Talker[]> {
  const talkers: Talker[] = []
  for (let from = 0; from < devices.length; from += OPENED_AT_ONCE) {
    const opened = devices
      .slice(from, from + OPENED_AT_ONCE)
      .map((device, n) => openTalker(port, device, (from + n) % deafEach === 0))
    talkers.push(...(await Promise.all(opened)))
  }
  return talkers
}

async function openTalker(port: number, device: LoadDevice, isDeaf: boolean): Promise<Talker> {
  const times = {
    lastFrameAt: 0,
    closedAt: undefined as number | undefined,
    goneAt: undefined as number | undefined,
  }
  const gone = () => {
    times.goneAt = performance.now()
  }
  const socket = await openDevice(port, device, {
    text(payload) {
      answers += 1
      if (payload.includes('"late"')) lateServed += 1
      times.lastFrameAt = performance.now()
    },
    closed() {
      times.closedAt = performance.now()
    },
    ...(isDeaf && { gone }),
  })
  return Object.assign(times, { device, socket, isDeaf })
}

/** Each socket asks once in `everyMs`, and they take turns, so that requests come evenly. */
function startTalking(talkers: readonly Talker[], everyMs: number): NodeJS.Timeout {
  const slices = Math.max(1, Math.round(everyMs / SLICE_MS))
  let slice = 0
  return setInterval(() => {
    slice = (slice + 1) % slices
    for (let n = slice; n < talkers.length; n += slices) {
      const talker = talkers[n]
      if (talker && talker.closedAt === undefined) talker.socket.send(HEALTH)
    }
  }, SLICE_MS)
}

async function revokeOne(operator: Operator, talker: Talker) {
  for (let n = 0; n < BURST; n += 1) talker.socket.send(HEALTH)
  const sentAt = performance.now()
  const { id: deviceId, role } = talker.device
  await operator.call('device.token.revoke', { deviceId, role })
  const answered = performance.now() - sentAt
  // Whether or not the close has come by now, the gate is closed.
  const late = talker.isDeaf || talker.closedAt === undefined ? BURST : 0
  for (let n = 0; n < late; n += 1) talker.socket.send(LATE)
  await until(() => talker.closedAt !== undefined)
  if (talker.closedAt === undefined) throw new Error('a revoked device was not closed')
  const lastFrame = Math.max(0, talker.lastFrameAt - sentAt)
  return { sentAt, answered, late, lastFrame, closed: talker.closedAt - sentAt }
}

/** Waits, but not for ever. */
async function until(holds: () => boolean): Promise<void> {
  const endsAt = performance.now() + CLOSE_LIMIT_MS
  while (!holds() && performance.now() < endsAt) await sleep(1)
}
