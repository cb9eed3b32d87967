import { LIMITS } from '@pairgate/protocol/wire'
import type { ChannelAddress, FrameChannel } from '../transport/frame-channel.ts'
import { createSocketChannel } from '../transport/socket-channel.ts'
import { unreachable } from '../transport/unreachable.ts'
import { cannotPin } from './cannot-pin.ts'

/**
 * Opens the WebSocket that every browser has, and Node too. It tells less than `ws` does: why an opening
 * failed is not for pages to know, so every such failure is `UNREACHABLE`. Nor does it show a certificate.
 * @throws ClientError `INVALID_FINGERPRINT` for an address with a pin.
 */
export function openBrowserSocket(address: ChannelAddress): FrameChannel {
  if (address.tlsPin !== undefined) throw cannotPin()
  const socket = new WebSocket(address.url)
  const opened = Promise.withResolvers<void>()
  // The handshake waits for it, but may have been given up by then.
  opened.promise.catch(() => undefined)
  const { channel, receive, ended } = createSocketChannel({
    opened: opened.promise,
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (text) => socket.send(text),
    leave: (code, reason) => socket.close(permittedCode(code), reason),
    cut() {
      // Nothing here can cut a socket: a peer that does not answer is left to the browser, and to nobody else.
      opened.reject(unreachable(address.name))
      return false
    },
  })

  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'string' || data.length > LIMITS.frameBytes) void channel.close(1009, 'frame too big')
    else receive(data)
  })
  socket.addEventListener('close', ({ code, reason }) => {
    opened.reject(unreachable(address.name))
    ended({ code, reason })
  })
  return channel
}

/** Pages may close with 1000 and with 3000 to 4999 only: 1008 becomes 4008. */
function permittedCode(code: number): number {
  return code === 1_000 || code >= 3_000 ? code : code + 3_000
}
