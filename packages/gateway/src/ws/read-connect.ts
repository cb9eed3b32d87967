import type { ConnectAsk } from '@pairgate/core'
import {
  CLOSES,
  ConnectParams,
  chooseProtocol,
  describeFindings,
  type ErrorShape,
  MINIMUM_PROBE_PROTOCOL,
  OwnerConnectParams,
  PAIRGATE_CAPABILITY,
  PROTOCOL_VERSION,
  RequestFrame,
  readFrame,
} from '@pairgate/protocol/wire'
import { Compile } from 'typebox/compile'
import { judgeOrigin } from '../http/origin-rule.ts'
import { closeReason } from '../wire/close-reason.ts'
import type { Dialect } from '../wire/dialect.ts'
import { DIALECTS } from '../wire/dialects.ts'

const requestFrame = Compile(RequestFrame)
const connectParams = Compile(ConnectParams)
const ownerConnectParams = Compile(OwnerConnectParams)

/** A first frame that was a well-formed connect. */
export interface ReadConnect {
  readonly id: string
  readonly traceparent: string | undefined
  readonly ask: ConnectAsk
  /** In the words of which protocol the connection goes on. */
  readonly dialect: Dialect
  readonly extended: boolean
  /** Only over the owner's socket. */
  readonly ownerProof: string | undefined
}

/** A first frame that was not: what to answer, if anything, and how to close. */
export interface Unreadable {
  readonly reply: { readonly id: string; readonly error: ErrorShape } | undefined
  readonly close: { readonly code: number; readonly reason: string }
}

const ORIGIN_MISSING: ErrorShape = {
  code: 'INVALID_REQUEST',
  message:
    'origin not allowed (open the Control UI from the gateway host or allow it in gateway.controlUi.allowedOrigins)',
  details: { code: 'CONTROL_UI_ORIGIN_NOT_ALLOWED', reason: 'origin missing or invalid' },
}

type Outcome =
  | { readonly ok: true; readonly value: ReadConnect }
  | { readonly ok: false; readonly value: Unreadable }

/** What the upgrade said of the socket that a frame came over. */
export interface FrameOrigin {
  readonly ownerSocket: boolean
  /** The `Origin` header; the upgrade guard has let it pass. */
  readonly origin: string | undefined
}

/** Reads the first frame of a socket, with the answers of protocol facts 5 and 10 for every bad one. */
export function readConnect(text: string, { ownerSocket, origin }: FrameOrigin): Outcome {
  const received = readFrame(text)
  if (!received.json) return silently(CLOSES.done)
  const frame = received.value
  if (!requestFrame.Check(frame)) return silently(CLOSES['invalid-request-frame'])
  if (frame.method !== 'connect') {
    return refused(frame.id, {
      code: 'INVALID_REQUEST',
      message: 'invalid handshake: first request must be connect',
    })
  }
  const params = frame.params ?? {}
  return ownerSocket ? readOwner(frame, params) : readDevice(frame, params, origin)
}

function readDevice(frame: RequestFrame, params: unknown, origin: string | undefined): Outcome {
  if (!connectParams.Check(params)) return badParams(frame.id, connectParams.Errors(params))
  const read = judgeVersion(frame, params, undefined)
  return read.ok && origin === undefined && isPage(params.client.id)
    ? refused(frame.id, ORIGIN_MISSING)
    : read
}

/** A web page cannot hide where it comes from, so a client that says it is one and brings no origin lies. */
function isPage(clientId: string): boolean {
  return !judgeOrigin(undefined, { host: undefined, scheme: undefined, allowedOrigins: [], clientId }).allowed
}

function readOwner(frame: RequestFrame, params: unknown): Outcome {
  if (!ownerConnectParams.Check(params)) return badParams(frame.id, ownerConnectParams.Errors(params))
  const { auth, ...rest } = params
  return judgeVersion(frame, rest, auth.ownerProof)
}

function judgeVersion(
  { id, traceparent }: RequestFrame,
  params: ConnectParams,
  ownerProof: string | undefined,
): Outcome {
  const { client, minProtocol, maxProtocol } = params
  const role = params.role ?? 'operator'
  if (role === 'worker' || client.mode === 'worker' || client.id === 'openclaw-worker') {
    return silently(CLOSES['invalid-handshake'])
  }
  const protocol = chooseProtocol({ minProtocol, maxProtocol, role, clientMode: client.mode })
  if (!protocol) {
    const details = {
      code: 'PROTOCOL_MISMATCH',
      clientMinProtocol: minProtocol,
      clientMaxProtocol: maxProtocol,
      expectedProtocol: PROTOCOL_VERSION,
      minimumProbeProtocol: MINIMUM_PROBE_PROTOCOL,
    }
    const error: ErrorShape = { code: 'INVALID_REQUEST', message: 'protocol mismatch', details }
    return { ok: false, value: { reply: { id, error }, close: CLOSES['protocol-mismatch'] } }
  }
  // Our own clients speak the newest protocol, and the extra fields are in its words.
  const extended = protocol === PROTOCOL_VERSION && (params.caps?.includes(PAIRGATE_CAPABILITY) ?? false)
  // OpenClaw's frames are closed, and do not know it.
  if (!extended && params.device?.origin !== undefined)
    return refused(id, {
      code: 'INVALID_REQUEST',
      message: "invalid connect params: at /device: unexpected property 'origin'",
    })
  return {
    ok: true,
    value: {
      id,
      traceparent,
      ask: toAsk(params, role, extended),
      dialect: DIALECTS[protocol],
      extended,
      ownerProof,
    },
  }
}

function toAsk(params: ConnectParams, role: string, extended: boolean): ConnectAsk {
  const { client, device, auth } = params
  const { displayName, platform, deviceFamily } = client
  return {
    role,
    scopes: params.scopes ?? [],
    clientId: client.id,
    clientMode: client.mode,
    metadata: { displayName, platform, deviceFamily, clientId: client.id, clientMode: client.mode },
    device,
    extended,
    auth: {
      token: auth?.token || undefined,
      deviceToken: auth?.deviceToken || undefined,
      bootstrapToken: auth?.bootstrapToken || undefined,
      password: auth?.password || undefined,
    },
  }
}

function badParams(id: string, findings: Parameters<typeof describeFindings>[0]): Outcome {
  return refused(id, {
    code: 'INVALID_REQUEST',
    message: `invalid connect params: ${describeFindings(findings)}`,
  })
}
function refused(id: string, error: ErrorShape): Outcome {
  return {
    ok: false,
    value: { reply: { id, error }, close: { code: 1008, reason: closeReason(error.message) } },
  }
}
function silently(close: Unreadable['close']): Outcome {
  return { ok: false, value: { reply: undefined, close } }
}
