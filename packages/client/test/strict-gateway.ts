import { createHash, createPublicKey, randomUUID, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConnectParams, RequestFrame } from '@pairgate/protocol/wire'
import { Check } from 'typebox/value'
import { type WebSocket, WebSocketServer } from 'ws'

/** A device as this gateway knows it. */
export interface KnownDevice {
  token: string
  scopes: string[]
  /** Good for one more thing: a signed connect that fetches `token`. */
  previousToken?: string
  /** Whether `token` was shown by the device; from then on the key alone does not fetch it. */
  presented: boolean
  /** Why `token` is refused. */
  refusedBecause?: string
  session: string
}

export interface Peer {
  readonly socket: WebSocket
  readonly request: IncomingMessage
  send(frame: unknown): void
  deviceId?: string
}

export interface Refusal {
  readonly code: string
  readonly message: string
  readonly details?: Record<string, unknown>
  readonly retryable?: boolean
  readonly retryAfterMs?: number
}

export interface StrictGateway {
  readonly url: string
  /** Every text that any client sent. */
  readonly heard: string[]
  /** Params of every connect that passed the shape check. */
  readonly connects: ConnectParams[]
  readonly peers: Set<Peer>
  readonly devices: Map<string, KnownDevice>
  readonly pending: Map<string, string>
  tickIntervalMs: number
  maxPayload: number
  sharedToken: string | undefined
  /** Takes the place of challenge and handshake, to misbehave. */
  welcome: ((peer: Peer) => void) | undefined
  /** Takes the place of the answer to a method after the hello. */
  answer: ((peer: Peer, frame: RequestFrame) => void) | undefined
  /** Refuses the next connects, one entry each. */
  readonly refusals: Refusal[]
  approve(deviceId: string, scopes?: string[]): void
  rotate(deviceId: string, scopes?: string[]): void
  revoke(deviceId: string, why?: string): void
  cutAll(code: number, reason: string): void
  close(): Promise<void>
}

const SKEW_MS = 120_000

/** The gateway's side on a real port: it takes nothing that the protocol does not allow. */
export async function startStrictGateway(listenOn: number | string = 0): Promise<StrictGateway> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  await listen(http, listenOn)
  const gateway = createState(http, sockets)
  sockets.on('connection', (socket, request) => {
    const peer: Peer = { socket, request, send: (frame) => socket.send(JSON.stringify(frame)) }
    gateway.peers.add(peer)
    socket.on('error', () => undefined)
    socket.on('close', () => gateway.peers.delete(peer))
    if (gateway.welcome) gateway.welcome(peer)
    else welcome(gateway, peer)
  })
  return gateway
}

async function listen(http: Server, listenOn: number | string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (typeof listenOn === 'string') http.listen(listenOn, resolve)
  else http.listen(listenOn, '127.0.0.1', resolve)
  await promise
}

function createState(http: Server, sockets: WebSocketServer): StrictGateway {
  const known = (deviceId: string): KnownDevice => {
    const device = gateway.devices.get(deviceId)
    if (!device) throw new Error(`no device ${deviceId}`)
    return device
  }
  const cut = (deviceId: string): void => {
    for (const peer of gateway.peers)
      if (peer.deviceId === deviceId) peer.socket.close(4001, 'device removed')
  }
  const gateway: StrictGateway = {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    heard: [],
    connects: [],
    peers: new Set(),
    devices: new Map(),
    pending: new Map(),
    tickIntervalMs: 30_000,
    maxPayload: 26_214_400,
    sharedToken: undefined,
    welcome: undefined,
    answer: undefined,
    refusals: [],
    approve(deviceId, scopes = ['operator.read']) {
      gateway.pending.delete(deviceId)
      gateway.devices.set(deviceId, {
        token: `pgd_${randomUUID()}`,
        scopes,
        presented: false,
        session: 'desk',
      })
    },
    rotate(deviceId, scopes) {
      const device = known(deviceId)
      device.previousToken = device.token
      device.token = `pgd_${randomUUID()}`
      device.presented = false
      if (scopes) device.scopes = scopes
      cut(deviceId)
    },
    revoke(deviceId, why = 'token_revoked') {
      known(deviceId).refusedBecause = why
      cut(deviceId)
    },
    cutAll(code, reason) {
      for (const peer of gateway.peers) peer.socket.close(code, reason)
    },
    async close() {
      for (const peer of gateway.peers) peer.socket.terminate()
      sockets.close()
      await new Promise<void>((done) => http.close(() => done()))
    },
  }
  return gateway
}

function welcome(gateway: StrictGateway, peer: Peer): void {
  const nonce = randomUUID()
  let isIn = false
  peer.send({
    type: 'event',
    event: 'connect.challenge',
    payload: { nonce, ts: Date.now() },
  })
  peer.socket.on('message', (data) => {
    const text = data.toString()
    gateway.heard.push(text)
    const frame: unknown = JSON.parse(text)
    if (!Check(RequestFrame, frame)) return peer.socket.close(1008, 'invalid request frame')
    if (isIn) return serve(gateway, peer, frame)
    isIn = judgeConnect(gateway, peer, frame, nonce)
  })
}

function judgeConnect(gateway: StrictGateway, peer: Peer, frame: RequestFrame, nonce: string): boolean {
  const refuse = (refusal: Refusal): false => {
    peer.send({ type: 'res', id: frame.id, ok: false, error: refusal })
    peer.socket.close(1008, refusal.message.slice(0, 100))
    return false
  }
  const { params } = frame
  if (frame.id !== '1' || frame.method !== 'connect') return refuse(invalid('first request must be connect'))
  if (!Check(ConnectParams, params)) return refuse(invalid('invalid connect params'))
  gateway.connects.push(params)
  const planned = gateway.refusals.shift()
  if (planned) return refuse(planned)
  if (params.minProtocol > 4 || params.maxProtocol < 4) return refuse(invalid('protocol mismatch'))
  if (!params.caps?.includes('pairgate-1')) return refuse(invalid('no pairgate-1'))
  const flaw = params.device && flawOfProof(params, nonce)
  if (flaw) return refuse(invalid(flaw, { code: flaw }))
  const verdict = params.device ? judgeDevice(gateway, params) : judgeSecret(gateway, params)
  if (isRefusal(verdict)) return refuse(verdict)
  if (params.device) peer.deviceId = params.device.id
  peer.send({ type: 'res', id: frame.id, ok: true, payload: helloOf(gateway, verdict) })
  return true
}

function isRefusal(verdict: Refusal | HelloAuthLike): verdict is Refusal {
  return 'code' in verdict
}

/** Rebuilds the signed text by hand: a slip in the shared function must not hide itself. */
function flawOfProof(params: ConnectParams, nonce: string): string | undefined {
  const { device, client, auth, role = 'operator', scopes = [] } = params
  if (!device) return 'DEVICE_IDENTITY_REQUIRED'
  const raw = Buffer.from(device.publicKey, 'base64url')
  if (createHash('sha256').update(raw).digest('hex') !== device.id) return 'DEVICE_AUTH_DEVICE_ID_MISMATCH'
  if (Math.abs(Date.now() - device.signedAt) > SKEW_MS) return 'DEVICE_AUTH_SIGNATURE_EXPIRED'
  if (device.nonce !== nonce) return 'DEVICE_AUTH_NONCE_MISMATCH'
  const token = auth?.token ?? auth?.deviceToken ?? ''
  const text =
    `v3|${device.id}|${client.id}|${client.mode}|${role}|${scopes.join(',')}|${device.signedAt}|${token}|${nonce}` +
    `|${client.platform.trim().toLowerCase()}|${(client.deviceFamily ?? '').trim().toLowerCase()}`
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: device.publicKey }, format: 'jwk' })
  const fits = verify(null, Buffer.from(text), key, Buffer.from(device.signature, 'base64url'))
  return fits ? undefined : 'DEVICE_AUTH_SIGNATURE_INVALID'
}

function judgeSecret(gateway: StrictGateway, { auth, scopes = [] }: ConnectParams): Refusal | HelloAuthLike {
  const given = auth?.token ?? auth?.password
  if (given === undefined)
    return {
      code: 'NOT_PAIRED',
      message: 'device identity required',
      details: { code: 'DEVICE_IDENTITY_REQUIRED' },
    }
  if (given !== gateway.sharedToken) return tokenMismatch(false)
  return { role: 'operator', scopes, method: 'token' }
}

type HelloAuthLike = Record<string, unknown> & { scopes: string[] }

function judgeDevice(gateway: StrictGateway, params: ConnectParams): Refusal | HelloAuthLike {
  const { auth, scopes = [], role = 'operator' } = params
  const id = params.device?.id ?? ''
  const device = gateway.devices.get(id)
  if (auth?.deviceToken !== undefined) {
    if (auth.token !== auth.deviceToken) return invalid('token and deviceToken must agree')
    return judgeToken(device, auth.deviceToken, scopes, role)
  }
  if (auth?.token !== undefined && auth.token !== gateway.sharedToken)
    return tokenMismatch(device !== undefined)
  if (!device || device.refusedBecause !== undefined || (device.presented && !auth)) {
    return pairingRequired(gateway, params)
  }
  const session = scopes.filter((scope) => device.scopes.includes(scope))
  return tokenAuth(device, session, role)
}

function judgeToken(
  device: KnownDevice | undefined,
  token: string,
  scopes: string[],
  role: string,
): Refusal | HelloAuthLike {
  const isPrevious = device?.previousToken === token
  if (!device || device.refusedBecause !== undefined || (device.token !== token && !isPrevious)) {
    const authReason = device?.refusedBecause ?? 'device_token_mismatch'
    return invalid('unauthorized: device token mismatch', { code: 'AUTH_DEVICE_TOKEN_MISMATCH', authReason })
  }
  if (!scopes.every((scope) => device.scopes.includes(scope))) {
    return invalid('unauthorized: device token scope mismatch', { code: 'AUTH_SCOPE_MISMATCH' })
  }
  if (!isPrevious) device.presented = true
  if (device.presented) delete device.previousToken
  return tokenAuth(device, scopes, role)
}

function tokenAuth({ token, scopes, session }: KnownDevice, live: string[], role: string): HelloAuthLike {
  return {
    role,
    scopes: live,
    deviceToken: token,
    issuedAtMs: 1,
    method: 'device-token',
    tokenScopes: scopes,
    session,
    expiresAtMs: 4_000_000_000_000,
  }
}

function pairingRequired(gateway: StrictGateway, { device, role, scopes }: ConnectParams): Refusal {
  const deviceId = device?.id ?? ''
  const requestId = gateway.pending.get(deviceId) ?? randomUUID()
  gateway.pending.set(deviceId, requestId)
  const details = {
    code: 'PAIRING_REQUIRED',
    reason: gateway.devices.has(deviceId) ? 'role-upgrade' : 'not-paired',
    requestId,
    deviceId,
    requestedRole: role,
    requestedScopes: scopes,
    remediationHint: 'Approve this device from the pending pairing requests.',
    expiresAtMs: 4_000_000_000_000,
    fingerprint: 'words of the gateway',
    retryAfterMs: 10,
  }
  return { code: 'NOT_PAIRED', message: 'pairing required: device is not approved yet', details }
}

function tokenMismatch(canRetryWithDeviceToken: boolean): Refusal {
  return invalid('unauthorized: gateway token mismatch', {
    code: 'AUTH_TOKEN_MISMATCH',
    canRetryWithDeviceToken,
  })
}

function invalid(message: string, details?: Record<string, unknown>): Refusal {
  return { code: 'INVALID_REQUEST', message, ...(details && { details }) }
}

export function helloOf(gateway: StrictGateway, auth: Record<string, unknown>): Record<string, unknown> {
  return {
    type: 'hello-ok',
    protocol: 4,
    server: { version: '0.1.0', connId: randomUUID(), bootId: randomUUID() },
    features: { methods: [], events: [] },
    snapshot: {
      presence: [],
      health: { ok: true, ts: 1, durationMs: 1 },
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: 1,
    },
    auth,
    policy: {
      maxPayload: gateway.maxPayload,
      maxBufferedBytes: 52_428_800,
      tickIntervalMs: gateway.tickIntervalMs,
    },
  }
}

function serve(gateway: StrictGateway, peer: Peer, frame: RequestFrame): void {
  if (gateway.answer) return gateway.answer(peer, frame)
  peer.send({
    type: 'res',
    id: frame.id,
    ok: true,
    payload: { method: frame.method, params: frame.params ?? null },
  })
}
