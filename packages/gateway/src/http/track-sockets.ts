import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Remembers the sockets of a server, because the server itself forgets those that were upgraded.
 * @returns closes the server: idle sockets at once, the others at the latest after the grace.
 */
export function trackSockets(server: Pick<Server, 'on' | 'close' | 'closeIdleConnections'>) {
  const sockets = new Set<Socket>()
  // One function for all of them: ten thousand sockets are ten thousand times every closure.
  function forget(this: Socket): void {
    sockets.delete(this)
  }
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', forget)
  })

  return function close(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cut = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, graceMs)
      server.close(() => {
        clearTimeout(cut)
        resolve()
      })
      server.closeIdleConnections()
    })
  }
}
