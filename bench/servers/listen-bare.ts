import type { AddressInfo } from 'node:net'
import type { WebSocket } from 'ws'
import { serveJobs } from '../machine/children.ts'
import { ws } from './same-ws.ts'

/** A bare server in a process of its own; its one job is to say its port. */
export function listenBare(onSocket: (socket: WebSocket) => void): void {
  const server = new ws.WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  const listening = new Promise<void>((resolve) => server.once('listening', resolve))
  serveJobs<object, number>(async () => {
    await listening
    return (server.address() as AddressInfo).port
  })
}
