import { setTimeout as sleep } from 'node:timers/promises'
import { serveJobs } from '../machine/children.ts'
import { type LoadDevice, openDevice, readDevices } from './open-device.ts'
import { maskedFrame, type RawSocket } from './raw-socket.ts'

export interface RevokeJob {
  readonly port: number
  /** The first device is the admin that revokes. */
  readonly devicesFile: string
  readonly sockets: number
  readonly revokes: number
  /** Between two requests of one socket. */
  readonly talkEveryMs: number
}

export interface RevokeResult {
  /** All in milliseconds from sending the revoke; one per revoke. */
  readonly answered: readonly number[]
  readonly lastFrame: readonly number[]
  readonly closed: readonly number[]
  /** Answers that all sockets received per second. */
  readonly talkPerSecond: number
}

interface Talker {
  readonly device: LoadDevice
  readonly socket: RawSocket
  lastFrameAt: number
  closedAt: number | undefined
}

const HEALTH = maskedFrame(JSON.stringify({ type: 'req', id: 'h', method: 'health', params: {} }))
const OPENED_AT_ONCE = 16
/** Requests of the device that are on their way when the revoke is sent. */
const BURST = 5
const SLICE_MS = 10
const CLOSE_LIMIT_MS = 2_000
let answers = 0

serveJobs<RevokeJob, RevokeResult>(async (job) => {
  const [admin, ...devices] = readDevices(job.devicesFile) as [LoadDevice, ...LoadDevice[]]
  const operator = await openOperator(job.port, admin)
  const talkers = await openTalkers(job.port, devices.slice(0, job.sockets))
  const talking = startTalking(talkers, job.talkEveryMs)
  await sleep(500)

  const result = { answered: [] as number[], lastFrame: [] as number[], closed: [] as number[] }
  const startedAt = performance.now()
  const answersBefore = answers
  for (const talker of talkers.slice(0, job.revokes)) {
    const { answered, lastFrame, closed } = await revokeOne(operator, talker)
    result.answered.push(answered)
    result.lastFrame.push(lastFrame)
    result.closed.push(closed)
  }
  const talkPerSecond = ((answers - answersBefore) * 1000) / (performance.now() - startedAt)
  clearInterval(talking)
  for (const { socket } of talkers) socket.destroy()
  return { ...result, talkPerSecond }
})

async function openTalkers(port: number, devices: readonly LoadDevice[]): Promise<readonly Talker[]> {
  const talkers: Talker[] = []
  for (let from = 0; from < devices.length; from += OPENED_AT_ONCE) {
    const opened = devices.slice(from, from + OPENED_AT_ONCE).map((device) => openTalker(port, device))
    talkers.push(...(await Promise.all(opened)))
  }
  return talkers
}

async function openTalker(port: number, device: LoadDevice): Promise<Talker> {
  const times = { lastFrameAt: 0, closedAt: undefined as number | undefined }
  const socket = await openDevice(port, device, {
    text() {
      answers += 1
      times.lastFrameAt = performance.now()
    },
    closed() {
      times.closedAt = performance.now()
    },
  })
  return Object.assign(times, { device, socket })
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

interface Operator {
  revoke(device: LoadDevice): Promise<void>
}

async function openOperator(port: number, admin: LoadDevice): Promise<Operator> {
  let onAnswer: ((text: string) => void) | undefined
  const socket = await openDevice(port, admin, {
    text(payload) {
      if (payload.indexOf('"type":"res"') >= 0) onAnswer?.(payload.toString('utf8'))
    },
  })
  return {
    revoke: ({ id: deviceId, role }) =>
      new Promise((resolve, reject) => {
        onAnswer = (text) =>
          text.includes('"ok":true') ? resolve() : reject(new Error(`the revoke was refused: ${text}`))
        const params = { deviceId, role }
        socket.send(
          maskedFrame(JSON.stringify({ type: 'req', id: 'v', method: 'device.token.revoke', params })),
        )
      }),
  }
}

async function revokeOne(operator: Operator, talker: Talker) {
  for (let n = 0; n < BURST; n += 1) talker.socket.send(HEALTH)
  const sentAt = performance.now()
  await operator.revoke(talker.device)
  const answered = performance.now() - sentAt
  while (talker.closedAt === undefined && performance.now() - sentAt < CLOSE_LIMIT_MS) await sleep(1)
  if (talker.closedAt === undefined) throw new Error('a revoked device was not closed')
  return { answered, lastFrame: Math.max(0, talker.lastFrameAt - sentAt), closed: talker.closedAt - sentAt }
}
