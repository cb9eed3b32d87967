import {
  type ConnectParams,
  type HelloOk,
  type OwnerConnectParams,
  PAIRGATE_CAPABILITY,
} from '@pairgate/protocol/wire'
import { ClientError, refusalError } from '../client-error.ts'
import { isRecord, readCount } from '../received-frame.ts'
import { type FrameChannel, serializeRequest } from '../transport/frame-channel.ts'

const CONNECT_ID = '1'

/** What the gateway said first. */
export interface Challenge {
  readonly nonce: string
  /** The gateway's clock, milliseconds since the epoch. A device signs it instead of its own. */
  readonly ts?: number
  /** It knows text v4, and asks for it. */
  readonly knowsOrigin: boolean
  /** Only on the owner's socket. */
  readonly ownerProof?: string
}

export type Introduction = ConnectParams | OwnerConnectParams

/**
 * Waits for `connect.challenge`. Other events may come before it (interop fact 7); anything else may not.
 * @throws ClientError `PROTOCOL`, `CLOSED`.
 */
export async function readChallenge(channel: FrameChannel): Promise<Challenge> {
  for (;;) {
    const frame = await channel.next()
    if (frame?.type !== 'event') throw notTheProtocol('did not begin with a challenge')
    if (frame.event === 'connect.challenge') return parseChallenge(frame.payload)
  }
}

export function sendConnect(channel: FrameChannel, params: Introduction): void {
  channel.send(serializeRequest({ id: CONNECT_ID, method: 'connect', params }))
}

/**
 * Waits for the answer to `connect`. Events that overtake it belong to nobody yet and are let go.
 * @throws ClientError the gateway's refusal, `PROTOCOL`, `CLOSED`.
 */
export async function readHello(channel: FrameChannel): Promise<HelloOk> {
  for (;;) {
    const frame = await channel.next()
    if (!frame) throw notTheProtocol('answered the introduction with something else')
    if (frame.type !== 'res' || frame.id !== CONNECT_ID) continue
    if (!frame.ok) throw refusalError(frame.error)
    return parseHello(frame.payload)
  }
}

function parseChallenge(payload: unknown): Challenge {
  const nonce = isRecord(payload) ? payload['nonce'] : undefined
  if (!isRecord(payload) || typeof nonce !== 'string' || nonce === '') {
    throw notTheProtocol('sent a challenge without a nonce')
  }
  const ts = readCount(payload['ts'])
  const ownerProof = payload['ownerProof']
  const { capabilities } = payload
  const knowsOrigin = Array.isArray(capabilities) && capabilities.includes(PAIRGATE_CAPABILITY)
  return {
    nonce,
    knowsOrigin,
    ...(ts !== undefined && { ts }),
    ...(typeof ownerProof === 'string' && { ownerProof }),
  }
}

// Only what this room itself relies on. The rest is the gateway's promise: other gateways of the protocol
// leave out fields that ours sends, and no client of theirs minds (interop fact 1).
function parseHello(payload: unknown): HelloOk {
  if (!isRecord(payload) || payload['type'] !== 'hello-ok') throw notTheProtocol('sent no valid hello')
  const { auth, policy } = payload
  if (!isRecord(auth) || !isRecord(policy)) throw notTheProtocol('sent a hello without auth or policy')
  if (typeof auth['role'] !== 'string' || !areStrings(auth['scopes'])) {
    throw notTheProtocol('sent a hello without role or scopes')
  }
  if (!readCount(policy['tickIntervalMs']) || !readCount(policy['maxPayload'])) {
    throw notTheProtocol('sent a hello without limits')
  }
  if (!areTokenFacts(auth)) throw notTheProtocol('sent a hello with a broken device token')
  return payload as unknown as HelloOk
}

/** What will be stored must have its type: a broken value would come back at every later start. */
function areTokenFacts(auth: Readonly<Record<string, unknown>>): boolean {
  const { deviceToken, tokenScopes, session, expiresAtMs, issuedAtMs } = auth
  if (deviceToken !== undefined && (typeof deviceToken !== 'string' || deviceToken === '')) return false
  if (tokenScopes !== undefined && !areStrings(tokenScopes)) return false
  if (session !== undefined && typeof session !== 'string') return false
  return [expiresAtMs, issuedAtMs].every((time) => time === undefined || readCount(time) !== undefined)
}

function areStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

export function notTheProtocol(what: string): ClientError {
  return new ClientError('PROTOCOL', `The other side does not speak the gateway protocol: it ${what}.`)
}
