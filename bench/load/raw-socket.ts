import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { createFrameReader } from './frame-reader.ts'

/** A WebSocket client with nothing but frames, so that the load costs less than the server under it. */
export interface RawSocket {
  /** Sends what `maskedFrame` made. */
  send(frame: Buffer): void
  /** Says goodbye and waits for the server to close. */
  close(): void
  destroy(): void
}

export interface RawListener {
  text(payload: Buffer): void
  /** Once: the server said goodbye, or the connection is gone. */
  closed(why: string): void
  /** TCP is over. */
  gone?(): void
}

const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const
/** As good as a random one here, and free: the server has to undo it all the same. */
const MASK = Buffer.from('9f3c51e7', 'hex')
const GOODBYE = maskedFrame(Buffer.from([0x03, 0xe8]), OPCODE.close)

/** Opens a connection to 127.0.0.1; `from` is the address that a proxy would name. */
export function openRawSocket(port: number, listener: RawListener, from?: string): RawSocket {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let over = false
  const end = (why: string): void => {
    if (over) return
    over = true
    listener.closed(why)
  }
  socket.write(upgradeRequest(port, from))
  receive(socket, listener, end)
  socket.on('error', (error) => end(error.message))
  socket.on('close', () => {
    end('closed')
    listener.gone?.()
  })
  return {
    send: (frame) => socket.write(frame),
    close: () => socket.write(GOODBYE),
    destroy: () => socket.destroy(),
  }
}

/** A frame as clients send it. */
export function maskedFrame(payload: Buffer | string, opcode: number = OPCODE.text): Buffer {
  const body = Buffer.from(payload)
  const long = body.length > 125
  const head = Buffer.alloc(long ? 4 : 2)
  head[0] = 0x80 | opcode
  head[1] = 0x80 | (long ? 126 : body.length)
  if (long) head.writeUInt16BE(body.length, 2)
  for (let i = 0; i < body.length; i += 1) body[i] = (body[i] ?? 0) ^ (MASK[i & 3] ?? 0)
  return Buffer.concat([head, MASK, body])
}

function receive(socket: Socket, listener: RawListener, end: (why: string) => void): void {
  const readFrames = createFrameReader((opcode, payload) => {
    if (opcode === OPCODE.text) return listener.text(payload)
    if (opcode === OPCODE.ping) return void socket.write(maskedFrame(payload, OPCODE.pong))
    if (opcode === OPCODE.close) end(payload.length >= 2 ? `closed ${payload.readUInt16BE(0)}` : 'closed')
  })
  let head: Buffer | undefined = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    // What is sent in answer to the frames of one chunk leaves in one write.
    socket.cork()
    if (head) {
      head = Buffer.concat([head, chunk])
      const rest = afterUpgrade(head)
      if (typeof rest === 'string') {
        end(rest)
        socket.destroy()
      } else if (rest) {
        head = undefined
        readFrames(rest)
      }
    } else readFrames(chunk)
    socket.uncork()
  })
}

function upgradeRequest(port: number, from: string | undefined): string {
  return [
    'GET / HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(from === undefined ? [] : [`X-Forwarded-For: ${from}`]),
    '\r\n',
  ].join('\r\n')
}

/** What follows the head of the answer; the head itself when it was a no; `undefined` until it is complete. */
function afterUpgrade(received: Buffer): Buffer | string | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = received.toString('latin1', 0, end)
  return head.startsWith('HTTP/1.1 101') ? received.subarray(end + 4) : head
}
