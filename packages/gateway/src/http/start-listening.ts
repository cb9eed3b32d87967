import type { Server } from 'node:net'

/** Runs `start`, which makes the server listen; rejects when it cannot. */
export function startListening(server: Server, start: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    start()
  })
}
