import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { seconds } from '@pairgate/protocol'
import { OwnerSocketRequest } from '../http/owner-request.ts'
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
  readonly gateway: DoorHandlers
  /** Only where something is behind the gateway. */
  readonly upstreams: DoorHandlers | undefined
}

/** Where a request may take as long as it likes, a body for the gateway itself may not. */
const OWN_BODY_MS = seconds(30)

/**
 * Which requests are the gateway's and which go on: at its own port those for the host of an upstream go on,
 * at theirs all of them. The owner's socket is the gateway's alone.
 */
export function createDoors(
  own: { readonly app: { readonly routing: RequestListener }; readonly onUpgrade: OnUpgrade },
  upstreams: ServeUpstreams | undefined,
): Doors {
  if (!upstreams)
    return { gateway: { routing: own.app.routing, onUpgrade: own.onUpgrade }, upstreams: undefined }
  const goesOn = (request: IncomingMessage) =>
    !(request instanceof OwnerSocketRequest) && upstreams.claims(request)
  function serveOwn(request: IncomingMessage, response: ServerResponse): void {
    if (!hasNoBody(request)) {
      const late = setTimeout(() => request.socket.destroy(), OWN_BODY_MS).unref()
      response.once('close', () => clearTimeout(late))
    }
    own.app.routing(request, response)
  }
  return {
    gateway: {
      routing(request, response) {
        if (goesOn(request)) upstreams.request(request, response, 'gateway')
        else serveOwn(request, response)
      },
      continuing(request, response) {
        if (goesOn(request)) return upstreams.request(request, response, 'gateway')
        response.writeContinue()
        serveOwn(request, response)
      },
      onUpgrade(request, socket, head) {
        if (goesOn(request)) upstreams.upgrade(request, socket, head, 'gateway')
        else own.onUpgrade(request, socket, head)
      },
    },
    upstreams: {
      routing: (request, response) => upstreams.request(request, response, 'upstreams'),
      continuing: (request, response) => upstreams.request(request, response, 'upstreams'),
      onUpgrade: (request, socket, head) => upstreams.upgrade(request, socket, head, 'upstreams'),
    },
  }
}
