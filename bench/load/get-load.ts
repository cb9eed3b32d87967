import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { serveJobs } from '../machine/children.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

const LAST_ANSWERS_MS = 1_000

/** What a server has to answer for it to count. */
export interface GoodAnswer {
  readonly status: number
  /** Its last letters. */
  readonly end: string
}

export interface GetJob {
  readonly port: number
  readonly serverPid: number
  readonly path: string
  /** Header lines of each request. */
  readonly headers: readonly string[]
  readonly answer: GoodAnswer
  /** Connections with one request under way each. */
  readonly sockets: number
  readonly ms: number
}

serveJobs<GetJob, LoadResult>(async ({ port, serverPid, path, headers, answer: good, sockets, ms }) => {
  const bytes = Buffer.from(`${[`GET ${path} HTTP/1.1`, ...headers].join('\r\n')}\r\n\r\n`)
  const [begin, end] = [Buffer.from(`HTTP/1.1 ${good.status} `), Buffer.from(good.end)]
  let isRunning = true
  let count = 0
  let underWay = 0
  const all = Array.from({ length: sockets }, () => {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    socket.on('data', (answer) => {
      // Every answer is far below one segment; one that came in two pieces would be counted late, not twice.
      if (!answer.subarray(-end.length).equals(end)) return
      if (!answer.subarray(0, begin.length).equals(begin)) throw new Error(`a request was refused: ${answer}`)
      count += 1
      underWay -= 1
      if (isRunning) ask(socket)
    })
    return socket
  })
  function ask(socket: Socket): void {
    underWay += 1
    socket.write(bytes)
  }
  const result = await timedWindow(serverPid, async () => {
    for (const socket of all) ask(socket)
    await sleep(ms)
    return count
  })
  isRunning = false
  // A client that goes away in the middle costs a proxy a connection, and that is not what is measured.
  for (let waited = 0; underWay > 0 && waited < LAST_ANSWERS_MS; waited += 10) await sleep(10)
  for (const socket of all) socket.destroy()
  if (count === 0) throw new Error('no request was answered')
  return result
})
