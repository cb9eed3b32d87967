import {
  GatewayClient,
  type GatewayClientOptions,
  GatewayClientRequestError,
  type GatewayReconnectPausedInfo,
} from '@openclaw/gateway-client'
import type { EventFrame, HelloOk } from '@openclaw/gateway-protocol/frame-guards'
import { createMailbox, type Mailbox } from './mailbox.ts'
import type { ReferenceDevice } from './reference-device.ts'

/** A connect that the gateway refused, in the parts that a client acts on. */
export interface ConnectRefusal {
  readonly code: string
  readonly message: string
  readonly details: Readonly<Record<string, unknown>>
}

/** The unmodified reference client, with everything that it tells its application in mailboxes. */
export interface ReferenceClient {
  readonly hellos: Mailbox<HelloOk>
  readonly refusals: Mailbox<ConnectRefusal>
  /** It gave up reconnecting and waits for its application. */
  readonly pauses: Mailbox<GatewayReconnectPausedInfo>
  /** Why it did not get as far as to be refused. */
  readonly faults: Mailbox<string>
  readonly closes: Mailbox<{ readonly code: number; readonly reason: string }>
  readonly events: Mailbox<EventFrame>
  /** Gaps in `seq` that it noticed. */
  readonly gaps: readonly { readonly expected: number; readonly received: number }[]
  request(method: string, params?: unknown): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

export interface ReferenceTarget {
  readonly url: string
  readonly device: ReferenceDevice
  /** What differs from an operator's command line client with a device and no other credential. */
  readonly options?: Partial<GatewayClientOptions>
}

/** Starts a client; the application starts a new one, as here, when it comes back after a pause. */
export function startReferenceClient({ url, device, options }: ReferenceTarget): ReferenceClient {
  const hellos = createMailbox<HelloOk>('hello')
  const refusals = createMailbox<ConnectRefusal>('refused connect')
  const pauses = createMailbox<GatewayReconnectPausedInfo>('pause')
  const faults = createMailbox<string>('fault')
  const closes = createMailbox<{ readonly code: number; readonly reason: string }>('close')
  const events = createMailbox<EventFrame>('event')
  const gaps: { expected: number; received: number }[] = []

  const client = new GatewayClient({
    url,
    clientName: 'cli',
    mode: 'cli',
    clientVersion: '2026.9.1',
    role: 'operator',
    deviceIdentity: device.identity,
    hostDeps: device.hostDeps,
    ...options,
    onHelloOk: hellos.put,
    onConnectError: (error) => {
      if (error instanceof GatewayClientRequestError) refusals.put(toRefusal(error))
      else faults.put(error.message)
    },
    onReconnectPaused: pauses.put,
    onClose: (code, reason) => closes.put({ code, reason }),
    onEvent: events.put,
    onGap: (gap) => gaps.push(gap),
  })
  client.start()

  return {
    hellos,
    refusals,
    pauses,
    faults,
    closes,
    events,
    gaps,
    request: (method, params) => client.request(method, params),
    stop: () => client.stopAndWait(),
  }
}

function toRefusal(error: GatewayClientRequestError): ConnectRefusal {
  return { code: error.gatewayCode, message: error.message, details: Object(error.details) }
}
