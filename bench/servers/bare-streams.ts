import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serveJobs } from '../machine/children.ts'

/** What stands behind the gateway for `cutting`: answers that never end by themselves, and one of two gigabytes. */
const DOWNLOAD_BYTES = 2 * 2 ** 30

const PIECE = Buffer.alloc(65_536, 'x')

const server = createServer((request, response) => {
  if (request.url === '/held') return void response.writeHead(200).write('held')
  if (request.url === '/events') return sendEvents(response)
  if (request.url === '/download') return sendMuch(response)
  response.end('ok')
})
server.on('upgrade', (_request, socket) => {
  socket.on('error', () => socket.destroy())
  socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  socket.pipe(socket)
})

function sendEvents(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' })
  const timer = setInterval(() => response.write('data: tick\n\n'), 10)
  response.once('close', () => clearInterval(timer))
}

function sendMuch(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Length': String(DOWNLOAD_BYTES) })
  let left = DOWNLOAD_BYTES
  const push = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= PIECE.length
      if (!response.write(PIECE)) return void response.once('drain', push)
    }
    response.end()
  }
  push()
}

const listening = new Promise<void>((resolve) => server.listen(0, '127.0.0.1', 4_096, resolve))
serveJobs<object, number>(async () => {
  await listening
  return (server.address() as AddressInfo).port
})
