import { connect, type Socket } from 'node:net'
import { eventually } from '../harness/within.ts'

/** A client that is nothing but a connection: what it sends it sends itself, and it never gives up. */
export interface RawClient {
  readonly socket: Socket
  /** All that has come back. */
  readonly text: string
  readonly isClosed: boolean
  /** Resolves when the other side has ended the connection. */
  readonly closed: Promise<void>
  send(bytes: string): void
  /** Sends a GET and waits for the head of its answer and for this text behind it. */
  get(path: string, token: string | undefined, end: string): Promise<void>
}

export function openRawClient(port: number): RawClient {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  const closed = Promise.withResolvers<void>()
  let text = ''
  let isClosed = false
  const over = () => {
    isClosed = true
    closed.resolve()
  }
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece
  })
  socket.unref().on('error', over).once('end', over).once('close', over)
  const send = (bytes: string) => void socket.write(Buffer.from(bytes, 'latin1'))
  return {
    socket,
    get text() {
      return text
    },
    get isClosed() {
      return isClosed
    },
    closed: closed.promise,
    send,
    async get(path, token, end) {
      const from = text.length
      send(getLines(path, token))
      await eventually(() => text.length > from && text.endsWith(end), `the answer to ${path}: ${text}`)
    },
  }
}

/** The bytes of a GET that leaves its connection open. */
export function getLines(path: string, token?: string): string {
  const credential = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${credential}\r\n`
}
