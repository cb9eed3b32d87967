import { Socket } from 'node:net'

/**
 * Ends a connection at once, and with it what the system still holds for a peer that reads slowly. To destroy a
 * socket only closes it: what was written before goes on to leave for as long as the peer takes to read it, some
 * megabytes, and the system keeps the connection until then.
 */
export function cutSocket(socket: Socket): void {
  // Only TCP can be reset. With TLS the connection is the socket behind the one that speaks it.
  const { _parent: behind = socket } = socket as Socket & { readonly _parent?: unknown }
  const connection = behind instanceof Socket ? behind : socket
  // What `resetAndDestroy` sets; that one would first wait for everything to be written.
  if (socket.remoteAddress !== undefined) Object.assign(connection, { resetAndClosing: true })
  socket.destroy()
}
