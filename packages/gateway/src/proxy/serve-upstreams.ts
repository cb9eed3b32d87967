import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type AppPages, sendRedirect } from '../apps/app-pages.ts'
import { isNavigation, type Redirect } from '../apps/start-pairing.ts'
import { askedByItself } from '../http/asked-for.ts'
import type { Peer } from '../http/peer.ts'
import type { UpstreamTallies } from '../metrics/upstream-tallies.ts'
import type { FaultLog } from '../observe/fault-log.ts'
import { atOnce, attempt } from '../platform/at-once.ts'
import { cutSocket } from '../platform/cut-socket.ts'
import type { Assertions } from './assertion.ts'
import type { Entered, EnterUpstream } from './enter-upstream.ts'
import type { Door } from './find-upstream.ts'
import type { Forwarded, ForwardRequest, Outgoing } from './forward-request.ts'
import type { ForwardUpgrade, UpgradeSocket } from './forward-upgrade.ts'
import { createKeptConnections, type Visit } from './kept-connections.ts'
import { REFUSALS, sendRefusal, sendUpgradeRefusal } from './proxy-refusal.ts'
import { requestHeaders } from './request-headers.ts'

export interface ServeUpstreamsDeps {
  /** By which door a request on the port of the gateway goes on to an upstream; `undefined`: by none. */
  readonly doorOf: (request: IncomingMessage) => Door | undefined
  readonly enter: EnterUpstream
  readonly forward: ForwardRequest
  readonly forwardUpgrade: ForwardUpgrade
  readonly faults: FaultLog
  /** Whoever asks on this connection is no stranger any more. */
  readonly letIn: (socket: Socket) => void
  readonly tallies: UpstreamTallies
  /** Of the gateway itself, at the origins of upstreams. */
  readonly pages: AppPages
  /** What an upstream is told about who calls. */
  readonly tell: Assertions['tell']
}

/** What is behind the gateway, as its servers see it. */
export interface ServeUpstreams {
  /** By which door a request on the port of the gateway goes on; `undefined`: it is for the gateway itself. */
  doorOf(request: IncomingMessage): Door | undefined
  request(request: IncomingMessage, response: ServerResponse, door: Door): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
}

export function createServeUpstreams(deps: ServeUpstreamsDeps): ServeUpstreams {
  const kept = createKeptConnections()
  return {
    doorOf: deps.doorOf,
    request(request, response, door) {
      const work = () =>
        deps.pages.has(request.url)
          ? deps.pages.serve(request, response, door)
          : serveRequest(deps, kept.visit(request.socket), { request, response, door })
      attempt(work, (error) => {
        deps.faults.note('a request for an upstream failed', error, {})
        sendRefusal(REFUSALS.closed, request, response)
      })
    },
    upgrade(request, socket, head, door) {
      // From here on the server no longer looks after the socket.
      socket.on('error', () => socket.destroy())
      serveUpgrade(deps, { socket, head }, { request, door }).catch((error: unknown) => {
        deps.faults.note('an upgrade for an upstream failed', error, {})
        sendUpgradeRefusal(REFUSALS.closed, socket)
      })
    },
  }
}

interface Asked {
  readonly request: IncomingMessage
  readonly door: Door
}

function serveRequest(
  deps: ServeUpstreamsDeps,
  visit: Visit,
  { request, response, door }: Asked & { readonly response: ServerResponse },
): void | Promise<void> {
  const { tallies } = deps
  return atOnce(deps.enter(request, door, cutting(visit, tallies)), (entry) => {
    if (!entry.ok) {
      const redirect = entry.stranger && wayIn(deps.pages, request, entry.stranger)
      if (redirect) return sendRedirect(redirect, response)
      tallies.refused(entry.refusal.code)
      return sendRefusal(entry.refusal, request, response)
    }
    deps.letIn(request.socket)
    const end = begin(visit, entry.entered, tallies)
    let forwarded: Forwarded | undefined
    const over = () => {
      forwarded?.answerIsOver()
      end()
    }
    // It may be over already.
    if (response.closed) over()
    else response.on('close', over)
    return atOnce(outgoingOf(deps, request, entry.entered), (outgoing) => {
      // While it was prepared the client may have gone, or been sent away.
      if (!response.destroyed) forwarded = deps.forward(request, response, outgoing)
    })
  })
}

async function serveUpgrade(
  deps: ServeUpstreamsDeps,
  { socket, head }: UpgradeSocket,
  { request, door }: Asked,
): Promise<void> {
  const { tallies } = deps
  const entry = await deps.enter(request, door, cutting(tunnelOn(request.socket), tallies))
  if (!entry.ok) {
    tallies.refused(entry.refusal.code)
    return sendUpgradeRefusal(entry.refusal, socket)
  }
  deps.letIn(request.socket)
  const end = beginTunnel(entry.entered, tallies)
  if (socket.closed) end()
  else socket.once('close', end)
  const outgoing = await outgoingOf(deps, request, entry.entered)
  if (!socket.destroyed) deps.forwardUpgrade({ socket, head }, outgoing)
}

/** Kept for as long as the connection is, so it holds on to nothing else. */
function cutting(work: Pick<Visit, 'cut'>, tallies: UpstreamTallies): () => void {
  return () => {
    tallies.cut()
    work.cut()
  }
}

function tunnelOn(socket: Socket): Pick<Visit, 'cut'> {
  return { cut: () => cutSocket(socket) }
}

/** @returns what is to be done when the answer is over. */
function begin(visit: Visit, { gate, caller, peer, upstream }: Entered, tallies: UpstreamTallies) {
  const tally = tallies.of(upstream.target.name)
  tally.begun()
  if (gate && caller) visit.begin(gate, caller)
  return (): void => {
    tally.ended()
    if (gate) visit.end(peer.proxied ? 'connection-is-shared' : 'connection-stays')
  }
}

function beginTunnel({ gate, upstream }: Entered, tallies: UpstreamTallies) {
  const tally = tallies.of(upstream.target.name)
  tally.begun()
  return (): void => {
    tally.ended()
    gate?.leave()
  }
}

/** Where a person is sent to pair who came by a browser; anybody else is only told. */
function wayIn(pages: AppPages, request: IncomingMessage, peer: Peer): Redirect | undefined {
  return isNavigation(request.method, request.headers)
    ? pages.start({ headers: request.headers, peer, asked: askedByItself(request, peer) })
    : undefined
}

function outgoingOf(
  { tell }: ServeUpstreamsDeps,
  request: IncomingMessage,
  { upstream, target, peer, caller, byCookie, session }: Entered,
): Outgoing | Promise<Outgoing> {
  const ownAuthorization = upstream.auth !== 'public' && !byCookie
  return atOnce(caller ? tell(caller, upstream) : [], (identity) => ({
    upstream,
    target,
    headers: requestHeaders(request, { peer, identity, session, ownAuthorization }),
    isForCaller: caller !== undefined,
  }))
}
