import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { TestHooks } from './postgres-server.ts'

/** Stands between a store and its server, and can behave like a network that has swallowed both. */
export interface SilentServer {
  /** The address with our port in it. */
  readonly url: string
  /** Nothing passes any more, and nobody is told. */
  swallow(): void
  /** What was swallowed stays lost; new connections pass. */
  heal(): void
}

export async function startSilentServer(hooks: TestHooks, url: string): Promise<SilentServer> {
  const sockets = new Set<Socket>()
  let isSwallowing = false
  const { hostname, port } = new URL(url)
  const server = createServer((client) => {
    const upstream = isSwallowing ? undefined : connect(Number(port), hostname)
    for (const socket of [client, ...(upstream ? [upstream] : [])]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket))
    }
    if (!upstream) return
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  hooks.after(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const through = new URL(url)
  through.port = String((server.address() as AddressInfo).port)
  return {
    url: through.href,
    swallow() {
      isSwallowing = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    heal() {
      isSwallowing = false
    },
  }
}
