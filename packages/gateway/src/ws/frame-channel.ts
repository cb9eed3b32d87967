import type { Duplex } from 'node:stream'
import type { EventFrame, ResponseFrame } from '@pairgate/protocol/wire'
import { CLOSES, LIMITS } from '@pairgate/protocol/wire'
import type { RawData, WebSocket } from 'ws'
import type { Timers } from '../platform/timers.ts'
import { holdsTooMuch } from './holds-too-much.ts'

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
  /** From now on `listener` alone takes what comes. */
  onText(listener: (text: string) => void): void
  /**
   * The code is ours if the gateway closed first, else what came from the peer, or 1006.
   * @returns how to stop listening.
   */
  onClosed(listener: (code: number) => void): () => void
}

export interface FrameChannelDeps {
  readonly socket: WebSocket
  /** The stream below the WebSocket. */
  readonly rawSocket: Duplex
  readonly timers: Timers
}

/** Before the hello a peer may send this many bytes in all; one frame less than that is bounded by the other limit. */
const PRE_AUTH_BYTES = 2 * LIMITS.preAuthFrameBytes

export function createFrameChannel(deps: FrameChannelDeps): FrameChannel {
  return new WebSocketChannel(deps)
}

/** How a socket leads to its channel. */
const CHANNEL = Symbol('channel')

interface Channelled extends WebSocket {
  [CHANNEL]?: WebSocketChannel
}

/** A class, and functions for all of them, because ten thousand sockets are ten thousand times every closure. */
class WebSocketChannel implements FrameChannel {
  readonly #socket: WebSocket
  readonly #timers: Timers
  readonly #raw: Duplex
  #take: (text: string) => void = () => undefined
  #trusted = false
  #open = true
  #alive = true
  #received = 0
  #gathering = false
  /** The code that we closed with. */
  #said: number | undefined
  #closedListeners: readonly ((code: number) => void)[] = NOBODY

  constructor({ socket, rawSocket, timers }: FrameChannelDeps) {
    this.#socket = socket
    this.#timers = timers
    this.#raw = rawSocket
    const channelled: Channelled = socket
    channelled[CHANNEL] = this
    socket.on('pong', onPong)
    // `ws` closes the socket itself after an error (bad UTF-8, oversize, reset); without a listener it would throw.
    socket.on('error', ignore)
    socket.on('message', onMessage)
    socket.on('close', onClose)
  }

  send(frame: ResponseFrame | EventFrame): void {
    if (!this.#open) return
    if (this.#socket.bufferedAmount > LIMITS.bufferedBytes) return this.close(CLOSES['slow-consumer'])
    this.#write(JSON.stringify(frame))
  }

  close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    if (!this.#open) return
    this.#open = false
    this.#said = code
    const socket = this.#socket
    socket.close(code, reason)
    this.onClosed(this.#timers.after(LIMITS.closeGraceMs, () => socket.terminate()))
  }

  destroy(): void {
    this.#open = false
    this.#socket.terminate()
  }

  beat(): void {
    if (!this.#alive) return this.#socket.terminate()
    this.#alive = false
    this.#socket.ping()
  }

  get isOpen(): boolean {
    return this.#open && this.#socket.readyState === this.#socket.OPEN
  }

  trust(): void {
    this.#trusted = true
  }

  onText(listener: (text: string) => void): void {
    this.#take = listener
  }

  onClosed(listener: (code: number) => void): () => void {
    this.#closedListeners = this.#closedListeners.concat(listener)
    return () => {
      this.#closedListeners = this.#closedListeners.filter((other) => other !== listener)
    }
  }

  ponged(): void {
    this.#alive = true
  }

  closed(code: number): void {
    this.#open = false
    for (const listener of this.#closedListeners) listener(this.#said ?? code)
  }

  /** Frames that are sent in one turn of the event loop leave in one write: a burst costs one system call. */
  #write(text: string): void {
    if (!this.#gathering) {
      this.#gathering = true
      this.#raw.cork()
      setImmediate(() => {
        this.#gathering = false
        this.#raw.uncork()
      })
    }
    this.#socket.send(text)
  }

  receive(data: RawData): void {
    if (!this.#open) return
    const bytes = asBuffer(data)
    if (this.#isTooBig(bytes.length)) return this.close(CLOSES['too-big'])
    const text = bytes.toString('utf8')
    if (holdsTooMuch(text)) return this.close(CLOSES['too-big'])
    this.#take(text)
  }

  #isTooBig(bytes: number): boolean {
    if (this.#trusted) return bytes > LIMITS.frameBytes
    this.#received += bytes
    return bytes > LIMITS.preAuthFrameBytes || this.#received > PRE_AUTH_BYTES
  }
}

const NOBODY: readonly never[] = []

function onPong(this: Channelled): void {
  this[CHANNEL]?.ponged()
}

function onMessage(this: Channelled, data: RawData): void {
  this[CHANNEL]?.receive(data)
}

function onClose(this: Channelled, code: number): void {
  this[CHANNEL]?.closed(code)
}

function ignore(): void {
  // What there is to do about it, `ws` has done.
}

function asBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data)
}
