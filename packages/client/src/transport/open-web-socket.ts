import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { LIMITS } from '@pairgate/protocol/wire'
import { type ClientOptions, type RawData, WebSocket } from 'ws'
import { ClientError } from '../client-error.ts'
import type { ConnectionClose } from '../connection.ts'
import { ABNORMAL } from './closed-error.ts'
import { connectPinned, type PinnedSocket } from './connect-pinned.ts'
import type { ChannelAddress, FrameChannel } from './frame-channel.ts'
import { createSocketChannel } from './socket-channel.ts'
import { tlsRefused } from './tls-refused.ts'
import { unreachable } from './unreachable.ts'

/** Opens a WebSocket and hands its messages over as frames; nothing of `ws` is seen outside this file. */
export function openWebSocket(address: ChannelAddress): FrameChannel {
  const { socket, abandon } = createSocket(address)
  const { channel, receive, fail, ended } = createSocketChannel({
    opened: settleOpened(socket, address),
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (text) => socket.send(text),
    leave(code, reason) {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else if (socket.readyState === WebSocket.OPEN) socket.close(code, reason)
    },
    cut() {
      socket.terminate()
      return true
    },
  })

  // Attached before the first byte arrives: the gateway speaks first, often in the packet of the upgrade.
  socket.on('message', (data) => receive(textOf(data)))
  socket.on('error', (error) => fail(closeOfError(error)))
  socket.on('close', (code, reason) => {
    abandon()
    ended({ code, reason: reason.toString() })
  })
  return channel
}

function closeOfError({ code = '', message }: Error & { readonly code?: string }): ConnectionClose {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return { code: 1009, reason: 'frame too big' }
  return code.startsWith('WS_ERR_') ? { code: 1002, reason: message } : { code: ABNORMAL, reason: code }
}

type CreateConnection = NonNullable<ClientOptions['createConnection']>

function createSocket(address: ChannelAddress): { readonly socket: WebSocket; abandon(): void } {
  const { url, socketPath, headers, tlsPin: pin, onTlsKey: onKey } = address
  let pinned: PinnedSocket | undefined
  // Answered late, so that the request for the upgrade is not even written before the pin has fitted.
  const openPinned = (
    _options: unknown,
    done: (error: Error | null, socket?: PinnedSocket) => void,
  ): void => {
    pinned = pin && connectPinned({ url, pin, onKey }, done)
  }
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: LIMITS.frameBytes,
    ...(headers && { headers }),
    // Not a `ws+unix:` URL: that one has no way to write a path with a colon or a space in it.
    ...(socketPath !== undefined && { createConnection: () => connect(socketPath) }),
    ...(pin !== undefined && { createConnection: openPinned as unknown as CreateConnection }),
  })
  // Until it is handed over nobody else knows of it, and one that never answers would keep the process.
  return { socket, abandon: () => void pinned?.destroy() }
}

function settleOpened(socket: WebSocket, { name, tlsPin }: ChannelAddress): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.on('open', () => resolve())
  // Stays attached for good: an error without a listener would end the process.
  socket.on('error', (error) => reject(tlsRefused(error, name, tlsPin) ?? unreachable(name, error)))
  socket.on('unexpected-response', (_request, response: IncomingMessage) => {
    reject(refusedUpgrade(name, response.statusCode ?? 0))
    response.destroy()
    socket.terminate()
  })
  // The handshake waits for it, but may have been given up by then.
  promise.catch(() => undefined)
  return promise
}

function refusedUpgrade(name: string, httpStatus: number): ClientError {
  const message = `Gateway not reachable at ${name} (it answered HTTP ${httpStatus} instead of a WebSocket).`
  return new ClientError('UNREACHABLE', message, { details: { gateway: name, httpStatus } })
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString()
}
