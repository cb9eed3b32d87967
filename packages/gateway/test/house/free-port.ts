import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 for a program that cannot be told 0. It lies below those that the machine hands out by
 * itself: one of these may be given away before the program takes it.
 */
export async function freePort(): Promise<number> {
  const port = randomInt(12_000, 30_000)
  const server = createServer().listen(port, '127.0.0.1')
  const isFree = await once(server, 'listening').then(
    () => true,
    () => false,
  )
  if (!isFree) return freePort()
  server.close()
  await once(server, 'close')
  return port
}
