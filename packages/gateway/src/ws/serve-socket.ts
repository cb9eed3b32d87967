import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ConnectPeer } from '@pairgate/core'
import { CLOSES, LIMITS, OWNER_NONCE_HEADER } from '@pairgate/protocol/wire'
import { type WebSocket, WebSocketServer } from 'ws'
import type { LimitsConfig } from '../config/gateway-config.ts'
import type { Peer } from '../http/peer.ts'
import type { UpgradeGuard } from '../http/upgrade-guard.ts'
import type { FaultLog } from '../observe/fault-log.ts'
import type { Timers } from '../platform/timers.ts'
import type { Connection } from './connection.ts'
import type { Dispatch } from './dispatch-request.ts'
import { createFrameChannel, type FrameChannel } from './frame-channel.ts'
import type { Handshake } from './handshake.ts'
import { handshakeTime } from './handshake-time.ts'
import { limitRawBytes } from './limit-raw-bytes.ts'
import { createOwnerChallenge, type OwnerProofDeps } from './owner-challenge.ts'

export interface ServeSocketDeps {
  readonly guard: UpgradeGuard
  readonly handshake: Handshake
  readonly dispatch: Dispatch
  readonly timers: Timers
  readonly faults: FaultLog
  readonly uuid: () => string
  readonly limits: Pick<LimitsConfig, 'handshakeMs'>
  /** Grows with every change of the settings. */
  readonly revision: () => number
  readonly ownerProof: OwnerProofDeps
  /** Told of every connection whose hello left. */
  readonly onOpen: (connection: Connection) => void
  /** Told of each of them when its socket is gone. */
  readonly onLost: (connection: Connection, code: number) => void
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
    const place = takePlace(deps.guard, peer, socket)
    if (!place) return deps.guard.refuseBusy(socket, peer)
    const ownerNonce = request.headers[OWNER_NONCE_HEADER]
    // The answer to the upgrade leaves in one write with the challenge.
    socket.cork()
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const channel = createFrameChannel({ socket: webSocket, rawSocket: socket, timers: deps.timers })
      place.evictBy(() => channel.destroy())
      serve(deps, { channel, webSocket, ownerNonce, rawSocket: socket, peer, place })
    })
    socket.uncork()
  }
}

/** A place among the unauthenticated sockets; given back when the socket closes. */
interface Place {
  authenticated(): void
  /** How the socket is cut when it has to make room. */
  evictBy(cut: () => void): void
}

// In a function of its own: what it keeps until the hello must not keep the whole request too.
function takePlace(guard: UpgradeGuard, peer: Peer, socket: Duplex): Place | undefined {
  let evict = (): void => {
    socket.destroy()
  }
  const ticket = guard.admit(peer, () => evict())
  if (!ticket) return undefined
  socket.on('close', ticket.released)
  return {
    authenticated() {
      ticket.authenticated()
      // Nothing is to be given back any more, so nothing of this is kept.
      socket.off('close', ticket.released)
    },
    evictBy(cut) {
      evict = cut
    },
  }
}

interface Socket {
  readonly channel: FrameChannel
  readonly webSocket: WebSocket
  /** `OWNER_NONCE_HEADER` of the upgrade, as it came. */
  readonly ownerNonce: string | string[] | undefined
  readonly rawSocket: Duplex
  readonly peer: Peer
  readonly place: Place
}

function serve(deps: ServeSocketDeps, socket: Socket): void {
  const { channel, peer, ownerNonce, place } = socket
  const nonce = deps.uuid()
  const ownerSocket = peer.place === 'owner-socket'
  const owner = ownerSocket ? createOwnerChallenge(ownerNonce, nonce, deps.ownerProof) : undefined
  if (ownerSocket && !owner) return channel.close(CLOSES['invalid-handshake'])

  let answerLate = (): void => {
    deps.handshake.timedOut(facts)
    channel.close(CLOSES.done)
  }
  const facts = {
    nonce,
    owner,
    origin: peer.origin,
    peer: connectPeer(peer, deps.uuid(), deps.guard),
    whenLate(answer: () => void) {
      answerLate = answer
    },
    revision: deps.revision(),
  }
  const letThrough = limitRawBytes(socket.rawSocket, RAW_BYTES_BEFORE_HELLO, () => {
    channel.close(CLOSES['too-big'])
    // Unread from here on: until the socket is cut, `ws` would go on collecting the rest of the frame.
    socket.webSocket.pause()
  })
  const patienceMs = handshakeTime(deps.guard.isCrowded(), deps.limits.handshakeMs)
  const cancelTimeout = deps.timers.after(patienceMs, () => answerLate())

  const queued: string[] = []
  let asked = false

  function takeFirst(text: string): void {
    asked = true
    deps.handshake
      .answer(channel, text, facts)
      .then((opened) => {
        if (!opened) return
        place.authenticated()
        letThrough()
        cancelTimeout()
        forgetTimeout()
        receive(deps, channel, opened)
        for (const waiting of queued) deps.dispatch(opened, waiting)
      })
      .catch((error: unknown) => {
        deps.faults.note('handshake failed', error, { connId: facts.peer.connId })
        channel.close(CLOSES['try-again'])
      })
  }
  channel.onText((text) => {
    if (!asked) return takeFirst(text)
    if (queued.push(text) > LIMITS.queuedBeforeHello) channel.close(CLOSES['too-many-handshake-frames'])
  })
  const forgetTimeout = channel.onClosed(cancelTimeout)
  deps.handshake.challenge(channel, facts)
}

// In a function of its own: what it keeps for the life of a connection must not keep the whole handshake.
function receive(deps: ServeSocketDeps, channel: FrameChannel, connection: Connection): void {
  channel.onText((text) => deps.dispatch(connection, text))
  channel.onClosed((code) => deps.onLost(connection, code))
  deps.onOpen(connection)
}

function connectPeer(peer: Peer, connId: string, guard: UpgradeGuard) {
  return {
    connId,
    // A browser sends an Origin, and a page on this machine's browser is not this machine's owner (T09).
    directLoopback: peer.place === 'direct-loopback' && peer.origin === undefined,
    reach: reachOf(peer),
    isPrivate: peer.scheme === 'https' || peer.place === 'direct-loopback',
    remoteIp: peer.address,
    prefix: peer.prefix,
    network: peer.network,
    scopeCap: peer.scopeCap,
    isOwnOrigin: (origin: string) => guard.isOwnOrigin(peer, origin),
  }
}

/** A proxy that names nobody may be any program on its machine. */
function reachOf({ place, namesClient }: Peer): ConnectPeer['reach'] {
  if (place === 'direct-loopback') return 'this-machine'
  return namesClient ? 'proxy' : 'elsewhere'
}
