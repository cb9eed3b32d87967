import { LIMITS } from '@pairgate/protocol/wire'
import type { ConnectionClose } from '../connection.ts'
import { readReceivedFrame } from '../received-frame.ts'
import { ABNORMAL, closedError } from '../transport/closed-error.ts'
import type { ChannelAddress, FrameChannel } from '../transport/frame-channel.ts'
import { createFrameQueue } from '../transport/frame-queue.ts'
import { unreachable } from '../transport/unreachable.ts'
import { cannotPin } from './cannot-pin.ts'

/** Shorter than the second that `close()` promises, so that the promise is kept with room to spare. */
const CLOSE_GRACE_MS = 750

/**
 * Opens the WebSocket that every browser has, and Node too. It tells less than `ws` does: why an opening
 * failed is not for pages to know, so every such failure is `UNREACHABLE`. Nor does it show a certificate.
 * @throws ClientError `INVALID_FINGERPRINT` for an address with a pin.
 */
export function openBrowserSocket(address: ChannelAddress): FrameChannel {
  if (address.tlsPin !== undefined) throw cannotPin()
  const socket = new WebSocket(address.url)
  const queue = createFrameQueue()
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<ConnectionClose>()
  let ours: ConnectionClose | undefined

  // The handshake waits for it, but may have been given up by then.
  opened.promise.catch(() => undefined)
  socket.addEventListener('open', () => opened.resolve())
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data !== 'string' || data.length > LIMITS.frameBytes) void close(1009, 'frame too big')
    else if (!queue.add(readReceivedFrame(data))) void close(1008, 'too many frames')
  })
  socket.addEventListener('close', ({ code, reason }) => {
    // A peer that never answered our close leaves 1006; what we know of the end ourselves tells more.
    end(code === ABNORMAL && ours ? ours : { code, reason })
  })

  function end(close: ConnectionClose): void {
    opened.reject(unreachable(address.name))
    queue.end(closedError(close))
    closed.resolve(close)
  }
  function close(code: number, reason: string): Promise<ConnectionClose> {
    if (ours) return closed.promise
    ours = { code, reason }
    socket.close(permittedCode(code), reason)
    // Nothing here can cut a socket: a peer that does not answer is left to the browser, and to nobody else.
    const timer = setTimeout(() => end({ code, reason }), CLOSE_GRACE_MS)
    void closed.promise.then(() => clearTimeout(timer))
    return closed.promise
  }

  return {
    opened: opened.promise,
    next: queue.next,
    listen: queue.listen,
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) throw closedError(ours ?? { code: ABNORMAL, reason: '' })
      socket.send(text)
    },
    close,
    closed: closed.promise,
  }
}

/** Pages may close with 1000 and with 3000 to 4999 only: 1008 becomes 4008. */
function permittedCode(code: number): number {
  return code === 1_000 || code >= 3_000 ? code : code + 3_000
}
