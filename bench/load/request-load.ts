import { serveJobs } from '../machine/children.ts'
import { type LoadDevice, openDevice, readDevices } from './open-device.ts'
import { maskedFrame, openRawSocket, type RawSocket } from './raw-socket.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

export interface RequestJob {
  readonly port: number
  readonly serverPid: number
  /** Left out for a server that does not ask who one is. */
  readonly devicesFile?: string
  readonly sockets: number
  /** Requests that each socket has under way. */
  readonly window: number
  readonly ms: number
}

serveJobs<RequestJob, LoadResult>(async (job) => {
  const devices = job.devicesFile === undefined ? [] : readDevices(job.devicesFile).slice(0, job.sockets)
  const counter = createCounter()
  const sockets: RawSocket[] = []
  for (let n = 0; n < job.sockets; n += 1) sockets.push(await open(job.port, devices[n], counter))
  const result = await timedWindow(job.serverPid, async () => {
    for (const socket of sockets) {
      counter.start(
        socket,
        Array.from({ length: job.window }, (_, n) => healthFrame(n)),
      )
    }
    await new Promise((resolve) => setTimeout(resolve, job.ms))
    return counter.count
  })
  counter.stop()
  for (const socket of sockets) socket.destroy()
  return result
})

async function open(port: number, device: LoadDevice | undefined, counter: Counter): Promise<RawSocket> {
  let socket: RawSocket | undefined
  const listener = {
    text(payload: Buffer) {
      if (socket) counter.onAnswer(socket, payload)
    },
    closed: counter.onClosed,
  }
  socket = device ? await openDevice(port, device, listener) : openRawSocket(port, listener)
  return socket
}

type Counter = ReturnType<typeof createCounter>

/** Answers are told from events by their look, and counted without being parsed: parsing is the server's work. */
function createCounter() {
  const requests = new Map<RawSocket, { readonly frames: readonly Buffer[]; next: number }>()
  let running = true
  const counter = {
    count: 0,
    start(socket: RawSocket, frames: readonly Buffer[]): void {
      requests.set(socket, { frames, next: 0 })
      for (const frame of frames) socket.send(frame)
    },
    onAnswer(socket: RawSocket, payload: Buffer): void {
      if (!running || payload.indexOf('"type":"event"') >= 0) return
      if (payload.indexOf('"ok":true') < 0) throw new Error(`a request was refused: ${payload}`)
      counter.count += 1
      const own = requests.get(socket)
      const frame = own?.frames[own.next % own.frames.length]
      if (!own || !frame) return
      own.next += 1
      socket.send(frame)
    },
    onClosed(why: string): void {
      if (running) throw new Error(`a busy socket was closed: ${why}`)
    },
    stop(): void {
      running = false
    },
  }
  return counter
}

function healthFrame(n: number): Buffer {
  return maskedFrame(JSON.stringify({ type: 'req', id: `r${n}`, method: 'health', params: {} }))
}
