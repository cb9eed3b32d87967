import type { ConnectionClose } from '../connection.ts'
import { readReceivedFrame } from '../received-frame.ts'
import { ABNORMAL, closedError } from './closed-error.ts'
import type { FrameChannel } from './frame-channel.ts'
import { createFrameQueue } from './frame-queue.ts'

/** Shorter than the second that `close()` promises, so that the promise is kept with room to spare. */
const CLOSE_GRACE_MS = 750

/** What a runtime's WebSocket can do. */
export interface SocketParts {
  readonly opened: Promise<void>
  isOpen(): boolean
  send(text: string): void
  /** Says goodbye; an opening that is not through is given up. */
  leave(code: number, reason: string): void
  /** Ends it without the peer. @returns whether the socket tells that it has ended. */
  cut(): boolean
}

/** A channel, and the side of it that its socket speaks to. */
export interface SocketChannel {
  readonly channel: FrameChannel
  receive(text: string): void
  /** Something is wrong, and the socket will end by itself. */
  fail(close: ConnectionClose): void
  ended(close: ConnectionClose): void
}

/** Frames in, frames out, one end: all that does not depend on whose WebSocket it is. */
export function createSocketChannel(socket: SocketParts): SocketChannel {
  const queue = createFrameQueue()
  const closed = Promise.withResolvers<ConnectionClose>()
  let isLeaving = false
  let ours: ConnectionClose | undefined

  function end(close: ConnectionClose): void {
    queue.end(closedError(close))
    closed.resolve(close)
  }
  function close(code: number, reason: string): Promise<ConnectionClose> {
    if (isLeaving) return closed.promise
    isLeaving = true
    ours = { code, reason }
    socket.leave(code, reason)
    const timer = setTimeout(() => socket.cut() || end({ code, reason }), CLOSE_GRACE_MS)
    void closed.promise.then(() => clearTimeout(timer))
    return closed.promise
  }

  return {
    channel: {
      opened: socket.opened,
      next: queue.next,
      listen: queue.listen,
      send(text) {
        if (!socket.isOpen()) throw closedError(ours ?? { code: ABNORMAL, reason: '' })
        socket.send(text)
      },
      close,
      closed: closed.promise,
    },
    receive(text) {
      if (!queue.add(readReceivedFrame(text))) void close(1008, 'too many frames')
    },
    fail(why) {
      ours ??= why
    },
    ended(told) {
      // A peer that never answered our close leaves 1006; what we know of the end ourselves tells more.
      end(told.code === ABNORMAL && ours ? ours : told)
    },
  }
}
