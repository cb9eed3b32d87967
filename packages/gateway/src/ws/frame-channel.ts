import type { Duplex } from 'node:stream'
import type { Close, EventFrame, ResponseFrame } from '@pairgate/protocol/wire'
import { CLOSES, LIMITS } from '@pairgate/protocol/wire'
import type { RawData, WebSocket } from 'ws'
import type { Timers } from '../platform/timers.ts'

/** A WebSocket in words of frames. Sending on a channel that is closing does nothing. */
export interface FrameChannel {
  send(frame: ResponseFrame | EventFrame): void
  /** Says goodbye; the socket is gone within a second, whether the peer answers or not. */
  close(close: { readonly code: number; readonly reason: string }): void
  /** Cuts the socket without a word. */
  destroy(): void
  /** Pings, and cuts a peer that did not answer the ping before. */
  beat(): void
  readonly isOpen: boolean
  /** From here on frames may be as large as the protocol allows. */
  trust(): void
  onText(listener: (text: string) => void): void
  /** The code is ours if the gateway closed first, else what came from the peer, or 1006. */
  onClosed(listener: (code: number) => void): void
}

export interface FrameChannelDeps {
  readonly socket: WebSocket
  /** The stream below the WebSocket. */
  readonly rawSocket: Duplex
  readonly timers: Timers
}

/** Before the hello a peer may send this many bytes in all; one frame less than that is bounded by the other limit. */
const PRE_AUTH_BYTES = 2 * LIMITS.preAuthFrameBytes

export function createFrameChannel({ socket, rawSocket, timers }: FrameChannelDeps): FrameChannel {
  let trusted = false
  let open = true
  let alive = true
  let received = 0
  let said: number | undefined
  const write = createGatheredWrites(socket, rawSocket)

  function close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if (!open) return
    open = false
    said = code
    socket.close(code, reason)
    const cancel = timers.after(LIMITS.closeGraceMs, () => socket.terminate())
    socket.once('close', cancel)
  }
  function tooBig(bytes: number): boolean {
    if (trusted) return bytes > LIMITS.frameBytes
    received += bytes
    return bytes > LIMITS.preAuthFrameBytes || received > PRE_AUTH_BYTES
  }

  socket.on('pong', () => {
    alive = true
  })
  // `ws` closes the socket itself after an error (bad UTF-8, oversize, reset); without a listener it would throw.
  socket.on('error', () => undefined)

  return {
    send(frame) {
      if (!open) return
      if (socket.bufferedAmount > LIMITS.bufferedBytes) return close(CLOSES['slow-consumer'])
      write(JSON.stringify(frame))
    },
    close,
    destroy() {
      open = false
      socket.terminate()
    },
    beat() {
      if (!alive) return socket.terminate()
      alive = false
      socket.ping()
    },
    get isOpen() {
      return open && socket.readyState === socket.OPEN
    },
    trust() {
      trusted = true
    },
    onText(listener) {
      socket.on('message', (data: RawData) => {
        if (!open) return
        const bytes = asBuffer(data)
        if (tooBig(bytes.length)) return close(CLOSES['too-big'] satisfies Close)
        listener(bytes.toString('utf8'))
      })
    },
    onClosed(listener) {
      socket.on('close', (code) => {
        open = false
        listener(said ?? code)
      })
    },
  }
}

/** Frames that are sent in one turn of the event loop leave in one write: a burst of answers costs one system call. */
function createGatheredWrites(socket: WebSocket, rawSocket: Duplex): (text: string) => void {
  let gathering = false
  return (text) => {
    if (!gathering) {
      gathering = true
      rawSocket.cork()
      setImmediate(() => {
        gathering = false
        rawSocket.uncork()
      })
    }
    socket.send(text)
  }
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
