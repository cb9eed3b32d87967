import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DevicePrincipal } from '@pairgate/core'
import type { UpstreamConfig } from '../config/upstream-config.ts'
import type { FaultLog } from '../observe/fault-log.ts'
import type { Entered, EnterUpstream } from './enter-upstream.ts'
import type { Door, Routes } from './find-upstream.ts'
import type { ForwardRequest, Outgoing } from './forward-request.ts'
import type { ForwardUpgrade } from './forward-upgrade.ts'
import { createKeptConnections, type Visit } from './kept-connections.ts'
import { REFUSALS, sendRefusal, sendUpgradeRefusal } from './proxy-refusal.ts'
import { requestHeaders } from './request-headers.ts'
import type { Gate } from './work-gates.ts'

export interface ServeUpstreamsDeps {
  readonly routes: Routes<UpstreamConfig>
  readonly enter: EnterUpstream
  readonly forward: ForwardRequest
  readonly forwardUpgrade: ForwardUpgrade
  readonly faults: FaultLog
  /** Whoever asks on this connection is no stranger any more. */
  readonly letIn: (socket: Socket) => void
  /** What is signed for an upstream about who calls. */
  readonly assert: (principal: DevicePrincipal, upstream: UpstreamConfig) => string | Promise<string>
}

/** What is behind the gateway, as its servers see it. */
export interface ServeUpstreams {
  /** Whether a request on the port of the gateway is for an upstream, and not for the gateway. */
  claims(request: IncomingMessage): boolean
  request(request: IncomingMessage, response: ServerResponse, door: Door): void
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void
}

export function createServeUpstreams(deps: ServeUpstreamsDeps): ServeUpstreams {
  const kept = createKeptConnections()
  return {
    claims: ({ headers }) => deps.routes.ownsHost(headers.host),
    request(request, response, door) {
      const visit = kept.visit(request.socket)
      deps
        .enter(request, door, () => visit.cut())
        .then(async (entry) => {
          if (!entry.ok) return sendRefusal(entry.refusal, request, response)
          deps.letIn(request.socket)
          endWith(visit, entry.entered, response)
          const outgoing = await outgoingOf(deps, request, entry.entered)
          // While it was prepared the client may have gone, or been sent away.
          if (!response.destroyed) deps.forward(request, response, outgoing)
        })
        .catch((error: unknown) => {
          deps.faults.note('a request for an upstream failed', error, {})
          sendRefusal(REFUSALS.closed, request, response)
        })
    },
    upgrade(request, socket, head, door) {
      // From here on the server no longer looks after the socket.
      socket.on('error', () => socket.destroy())
      deps
        .enter(request, door, () => request.socket.destroy())
        .then(async (entry) => {
          if (!entry.ok) return sendUpgradeRefusal(entry.refusal, socket)
          deps.letIn(request.socket)
          const { gate } = entry.entered
          if (gate) leaveWith(gate, socket)
          const outgoing = await outgoingOf(deps, request, entry.entered)
          if (!socket.destroyed) deps.forwardUpgrade({ socket, head }, outgoing)
        })
        .catch((error: unknown) => {
          deps.faults.note('an upgrade for an upstream failed', error, {})
          sendUpgradeRefusal(REFUSALS.closed, socket)
        })
    },
  }
}

/** What is left of a request behind its answer, which may be over already. */
function endWith(visit: Visit, { gate, caller, peer }: Entered, answer: ServerResponse): void {
  if (!gate || !caller) return
  visit.begin(gate, caller)
  const end = () => visit.end(peer.proxied ? 'connection-is-shared' : 'connection-stays')
  if (answer.closed) end()
  else answer.once('close', end)
}

/** The work is over with what it was done on, which may have gone already. */
function leaveWith(gate: Gate, on: Duplex): void {
  if (on.closed) gate.leave()
  else on.once('close', () => gate.leave())
}

async function outgoingOf(
  { assert }: ServeUpstreamsDeps,
  request: IncomingMessage,
  { upstream, target, peer, caller, session }: Entered,
): Promise<Outgoing> {
  const identity: (readonly [string, string])[] = session ? [session] : []
  if (caller) {
    const signed = assert(caller, upstream)
    identity.push(['x-pairgate-device', caller.deviceId])
    identity.push(['x-pairgate-session', caller.sessionId])
    identity.push(['x-pairgate-role', caller.role])
    identity.push(['x-pairgate-scopes', caller.scopes.join(' ')])
    identity.push(['x-pairgate-assertion', signed instanceof Promise ? await signed : signed])
  }
  const ownAuthorization = upstream.auth !== 'public'
  return { upstream, target, headers: requestHeaders(request, { peer, identity, ownAuthorization }) }
}
