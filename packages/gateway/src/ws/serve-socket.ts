import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CLOSES, LIMITS } from '@pairgate/protocol/wire'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Peer } from '../http/peer.ts'
import type { Ticket } from '../http/upgrade-counts.ts'
import type { UpgradeGuard } from '../http/upgrade-guard.ts'
import type { Timers } from '../platform/timers.ts'
import type { Connection } from './connection.ts'
import type { Dispatch } from './dispatch-request.ts'
import { createFrameChannel, type FrameChannel } from './frame-channel.ts'
import { type Handshake, handshakeTime } from './handshake.ts'
import { limitRawBytes } from './limit-raw-bytes.ts'
import { createOwnerChallenge, type OwnerProofDeps } from './owner-challenge.ts'

export interface ServeSocketDeps {
  readonly guard: UpgradeGuard
  readonly handshake: Handshake
  readonly dispatch: Dispatch
  readonly timers: Timers
  readonly log: Logger
  readonly uuid: () => string
  readonly handshakeMs: number
  readonly ownerProof: OwnerProofDeps
  /** Told of every connection whose hello left. */
  readonly onOpen: (connection: Connection) => void
}

export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Bytes that a socket may send before its hello, frames with their headers. */
const RAW_BYTES_BEFORE_HELLO = 2 * LIMITS.preAuthFrameBytes + 1_024

/** Takes HTTP upgrades: guards, then the WebSocket, then the handshake, then frames. */
export function createServeSocket(deps: ServeSocketDeps): OnUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.frameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  })

  return (request, socket, head) => {
    const peer = deps.guard.judge(request, socket)
    if (!peer) return
    let evict = (): void => {
      socket.destroy()
    }
    const ticket = deps.guard.admit(peer, () => evict())
    if (!ticket) return deps.guard.refuseBusy(socket, peer)
    socket.once('close', () => ticket.released())
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const channel = createFrameChannel({ socket: webSocket, timers: deps.timers })
      evict = () => channel.destroy()
      serve(deps, { channel, webSocket, request, rawSocket: socket, peer, ticket })
    })
  }
}

interface Socket {
  readonly channel: FrameChannel
  readonly webSocket: WebSocket
  readonly request: IncomingMessage
  readonly rawSocket: Duplex
  readonly peer: Peer
  readonly ticket: Ticket
}

function serve(deps: ServeSocketDeps, socket: Socket): void {
  const { channel, peer, request, ticket } = socket
  const nonce = deps.uuid()
  const ownerSocket = peer.place === 'owner-socket'
  const owner = ownerSocket ? createOwnerChallenge(request, nonce, deps.ownerProof) : undefined
  if (ownerSocket && !owner) return channel.close(CLOSES['invalid-handshake'])

  const facts = { nonce, owner, origin: peer.origin, peer: connectPeer(peer, deps.uuid()) }
  const letThrough = limitRawBytes(socket.rawSocket, RAW_BYTES_BEFORE_HELLO, () => {
    channel.close(CLOSES['too-big'])
    // Unread from here on: until the socket is cut, `ws` would go on collecting the rest of the frame.
    socket.webSocket.pause()
  })
  const cancelTimeout = deps.timers.after(handshakeTime(deps.guard.isCrowded(), deps.handshakeMs), () =>
    channel.close(CLOSES.done),
  )

  const queued: string[] = []
  let connection: Connection | undefined
  let asked = false

  function takeFirst(text: string): void {
    asked = true
    deps.handshake
      .answer(channel, text, facts)
      .then((opened) => {
        if (!opened) return
        connection = opened
        ticket.authenticated()
        letThrough()
        cancelTimeout()
        deps.onOpen(opened)
        for (const waiting of queued.splice(0)) deps.dispatch(opened, waiting)
      })
      .catch((error: unknown) => {
        deps.log.error({ err: error }, 'handshake failed')
        channel.close(CLOSES['try-again'])
      })
  }
  channel.onText((text) => {
    if (connection) return deps.dispatch(connection, text)
    if (!asked) return takeFirst(text)
    if (queued.push(text) > LIMITS.queuedBeforeHello) channel.close(CLOSES['too-many-handshake-frames'])
  })
  channel.onClosed(cancelTimeout)
  deps.handshake.challenge(channel, facts)
}

function connectPeer(peer: Peer, connId: string) {
  return {
    connId,
    // A browser sends an Origin, and a page on this machine's browser is not this machine's owner (T09).
    directLoopback: peer.place === 'direct-loopback' && peer.origin === undefined,
    remoteIp: peer.address,
    scopeCap: peer.scopeCap,
  }
}
