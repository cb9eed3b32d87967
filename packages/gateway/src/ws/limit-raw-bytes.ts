import type { Duplex } from 'node:stream'

/**
 * Tells of a socket that sends more than `limit` bytes before it is let through. `ws` has one frame
 * limit for the whole life of a socket; without this a stranger could make the gateway hold a frame of
 * the size that only paired devices may send.
 * @returns lets the socket through for good.
 */
export function limitRawBytes(socket: Duplex, limit: number, onExceeded: () => void): () => void {
  let seen = 0
  const count = (chunk: Buffer): void => {
    seen += chunk.length
    if (seen <= limit) return
    socket.off('data', count)
    onExceeded()
  }
  socket.on('data', count)
  return () => socket.off('data', count)
}
