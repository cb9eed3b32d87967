import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ConnectParams, RequestFrame } from '@pairgate/protocol/wire'
import { Check } from 'typebox/value'
import { WebSocketServer } from 'ws'
import { flawOfProof, invalid, isRefusal, judgeDevice, judgeSecret } from './strict-judge.ts'
import type { KnownDevice, Peer, Refusal, StrictGateway } from './strict-state.ts'

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
    invitations: new Set(),
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
    payload: { nonce, ts: Date.now(), capabilities: ['pairgate-1'] },
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
  const flaw = params.device && flawOfProof(params, nonce, `ws://${peer.request.headers.host}`)
  if (flaw) return refuse(invalid(flaw, { code: flaw }))
  const verdict = params.device ? judgeDevice(gateway, params) : judgeSecret(gateway, params)
  if (isRefusal(verdict)) return refuse(verdict)
  if (params.device) peer.deviceId = params.device.id
  peer.send({ type: 'res', id: frame.id, ok: true, payload: helloOf(gateway, verdict) })
  return true
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
