import { connect } from 'node:net'
import { serveJobs } from '../machine/children.ts'
import { type LoadResult, timedWindow } from './timed-window.ts'

export interface GetJob {
  readonly port: number
  readonly serverPid: number
  /** Header lines of each request. */
  readonly headers: readonly string[]
  /** Connections with one request under way each. */
  readonly sockets: number
  readonly ms: number
}

serveJobs<GetJob, LoadResult>(async ({ port, serverPid, headers, sockets, ms }) => {
  const bytes = Buffer.from(`${['GET /bench?n=1 HTTP/1.1', ...headers].join('\r\n')}\r\n\r\n`)
  let isRunning = true
  let count = 0
  const all = Array.from({ length: sockets }, () => {
    const socket = connect(port, '127.0.0.1').setNoDelay()
    socket.on('data', (answer) => {
      // Every answer is far below one segment; one that came in two pieces would be counted late, not twice.
      if (!answer.subarray(-2).equals(OK)) return
      if (answer.indexOf('HTTP/1.1 200') !== 0) throw new Error(`a request was refused: ${answer}`)
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

const OK = Buffer.from('ok')
