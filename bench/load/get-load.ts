import { connect } from 'node:net'
import { serveJobs } from '../machine/children.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

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
  const all = Array.from({ length: sockets }, () => {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    socket.on('data', (answer) => {
      // Every answer is far below one segment; one that came in two pieces would be counted late, not twice.
      if (!answer.subarray(-end.length).equals(end)) return
      if (!answer.subarray(0, begin.length).equals(begin)) throw new Error(`a request was refused: ${answer}`)
      count += 1
      if (isRunning) socket.write(bytes)
    })
    return socket
  })
  const result = await timedWindow(serverPid, async () => {
    for (const socket of all) socket.write(bytes)
    await new Promise((resolve) => setTimeout(resolve, ms))
    return count
  })
  isRunning = false
  for (const socket of all) socket.destroy()
  if (count === 0) throw new Error('no request was answered')
  return result
})
