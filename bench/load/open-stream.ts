import { connect } from 'node:net'

export interface StreamPlace {
  readonly port: number
  readonly host: string
  readonly token: string
}

/** Something that an access token has opened and that does not end by itself. */
export interface Stream {
  /** When the other side ended it. */
  readonly endedAt: Promise<number>
  readonly isOver: boolean
  /** Bytes that have come. */
  readonly bytes: number
  end(): void
}

/** Asks, resolves with the first bytes of a good answer, and reads on; rejects when it is refused. */
export function openStream(
  { port, host, token }: StreamPlace,
  path: string,
  more: readonly string[] = [],
): Promise<Stream> {
  const opened = Promise.withResolvers<Stream>()
  const ended = Promise.withResolvers<number>()
  let bytes = 0
  let isOver = false
  const socket = connect(port, '127.0.0.1').setNoDelay()
  const over = (): void => {
    isOver = true
    ended.resolve(performance.now())
    opened.reject(new Error('the connection ended before its answer'))
  }
  const stream = {
    endedAt: ended.promise,
    end: () => socket.destroy(),
    get isOver() {
      return isOver
    },
    get bytes() {
      return bytes
    },
  }
  socket.on('error', over).once('end', over).once('close', over)
  socket.on('data', (piece) => {
    if (bytes === 0 && !/^HTTP\/1\.1 (?:200|101) /.test(piece.toString('latin1', 0, 16))) {
      opened.reject(new Error(`refused: ${piece.toString('latin1', 0, 40)}`))
      return void socket.destroy()
    }
    bytes += piece.length
    opened.resolve(stream)
  })
  const lines = [`GET ${path} HTTP/1.1`, `Host: ${host}`, `Authorization: Bearer ${token}`, ...more]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return opened.promise
}

export const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]
