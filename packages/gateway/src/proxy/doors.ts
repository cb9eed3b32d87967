import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { seconds } from '@pairgate/protocol'
import { OwnerSocketRequest } from '../http/owner-request.ts'
import type { StrangerSockets } from '../http/stranger-sockets.ts'
import { hasNoBody } from './proxy-refusal.ts'
import type { ServeUpstreams } from './serve-upstreams.ts'

type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What a server does with what comes in by a door. */
export interface DoorHandlers {
  readonly routing: RequestListener
  /** Requests that wait to be told that their body may come. */
  readonly continuing?: RequestListener
  readonly onUpgrade: OnUpgrade
}

export interface Doors {
  /** Looks after the connections of every server that strangers can reach. */
  readonly watch: StrangerSockets['watch']
  readonly gateway: DoorHandlers
  /** Only where something is behind the gateway. */
  readonly upstreams: DoorHandlers | undefined
}

/** What the gateway itself does with its requests. */
export interface OwnDoor {
  readonly app: { readonly routing: RequestListener }
  readonly onUpgrade: OnUpgrade
  readonly strangers: Pick<StrangerSockets, 'watch' | 'letIn'>
}

/** Where a request may take as long as it likes, a body for the gateway itself may not. */
const OWN_BODY_MS = seconds(30)
/** What is left of a body behind its answer is nobody's. */
const LEFT_OVER_MS = seconds(2)

/**
 * Which requests are the gateway's and which go on: at its own port those for the host of an upstream go on,
 * at theirs all of them. The owner's socket is the gateway's alone.
 */
export function createDoors(own: OwnDoor, upstreams: ServeUpstreams | undefined): Doors {
  const { watch } = own.strangers
  const onUpgrade: OnUpgrade = (request, socket, head) => {
    // Those that have asked for the protocol of the gateway are counted by its guard.
    own.strangers.letIn(request.socket)
    own.onUpgrade(request, socket, head)
  }
  if (!upstreams) return { watch, gateway: { routing: own.app.routing, onUpgrade }, upstreams: undefined }
  const doorOf = (request: IncomingMessage) =>
    request instanceof OwnerSocketRequest ? undefined : upstreams.doorOf(request)
  function serveOwn(request: IncomingMessage, response: ServerResponse): void {
    if (!hasNoBody(request)) boundBody(request, response)
    own.app.routing(request, response)
  }
  return {
    watch,
    gateway: {
      routing(request, response) {
        const door = doorOf(request)
        if (door) upstreams.request(request, response, door)
        else serveOwn(request, response)
      },
      continuing(request, response) {
        const door = doorOf(request)
        if (door) return upstreams.request(request, response, door)
        response.writeContinue()
        serveOwn(request, response)
      },
      onUpgrade(request, socket, head) {
        const door = doorOf(request)
        if (door) upstreams.upgrade(request, socket, head, door)
        else onUpgrade(request, socket, head)
      },
    },
    upstreams: {
      routing: (request, response) => upstreams.request(request, response, 'upstreams'),
      continuing: (request, response) => upstreams.request(request, response, 'upstreams'),
      onUpgrade: (request, socket, head) => upstreams.upgrade(request, socket, head, 'upstreams'),
    },
  }
}

function boundBody(request: IncomingMessage, response: ServerResponse): void {
  const cut = () => request.socket.destroy()
  let late = setTimeout(cut, OWN_BODY_MS).unref()
  // Whoever has an answer may still go on sending.
  response.once('close', () => {
    clearTimeout(late)
    if (!request.complete) late = setTimeout(cut, LEFT_OVER_MS).unref()
  })
  request.once('close', () => clearTimeout(late))
}
