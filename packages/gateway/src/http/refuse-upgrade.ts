import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

export interface UpgradeAnswer {
  readonly status: number
  readonly type: 'application/json' | 'text/plain'
  readonly body: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
}

/** A client that neither reads its answer nor goes is cut off after this. */
const LINGER_MS = 1_000

/** Writes a complete HTTP response on a socket that asked for an upgrade, and takes the socket down. */
export function refuseUpgrade(socket: Duplex, { status, type, body, headers = {} }: UpgradeAnswer): void {
  // The peer may be gone already; a refusal must not bring the process down.
  socket.on('error', () => socket.destroy())
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    `Content-Type: ${type}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Referrer-Policy: no-referrer',
    ...Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}: ${value}`),
    ),
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  // Unread bytes would turn our close into a reset, which can take the answer with it.
  socket.resume()
  const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('end', () => socket.destroy())
  socket.once('close', () => clearTimeout(cut))
}
