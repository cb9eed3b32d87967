import {
  type Admission,
  type AuthMode,
  type Clock,
  type ConnectPeer,
  type Core,
  ok,
  type Refusal,
  type Result,
  refuse,
  tidyMetadata,
} from '@pairgate/core'
import { type DeviceId, parseDeviceId } from '@pairgate/protocol'
import { type ChallengePayload, CLOSES, type ErrorShape, PAIRGATE_CAPABILITY } from '@pairgate/protocol/wire'
import type { EndedHandshake, Observer } from '../observe/observer.ts'
import type { Dialect } from '../wire/dialect.ts'
import type { WireContext } from '../wire/refusal-to-wire.ts'
import { type Connection, createConnection } from './connection.ts'
import type { ConnectionRegistry } from './connection-registry.ts'
import { faultRefusal } from './fault-refusal.ts'
import type { FrameChannel } from './frame-channel.ts'
import type { OwnerChallenge } from './owner-challenge.ts'
import type { Presence } from './presence.ts'
import { type ReadConnect, readConnect, type Unreadable } from './read-connect.ts'

export interface HandshakeDeps {
  readonly core: Core
  readonly clock: Clock
  readonly registry: ConnectionRegistry
  readonly presence: Presence
  readonly mode: () => AuthMode
  readonly version: string
  readonly bootId: string
  readonly startedAt: number
  /** Nobody is let in any more: the gateway says goodbye, or cannot trust its database. */
  readonly isClosed: () => boolean
  /** Grows with every change of the settings. */
  readonly revision: () => number
  /** Told once of every handshake that was answered or ran out of time. */
  readonly onEnded: Observer['handshake']
}

/** What is known of a socket before its first frame. */
export interface HandshakeFacts {
  readonly peer: ConnectPeer
  readonly nonce: string
  /** The `Origin` header of the upgrade: only browsers send one. */
  readonly origin: string | undefined
  /** Of the settings by which the upgrade was judged. */
  readonly revision: number
  /** Present on the owner's socket only. */
  readonly owner: OwnerChallenge | undefined
  /** What is to be done if the time for the handshake ends before the answer is known. */
  readonly whenLate: (answer: () => void) => void
}

/** The three messages in order: challenge, connect, hello. Whatever goes wrong is answered before the close. */
export function createHandshake(deps: HandshakeDeps) {
  return {
    challenge(channel: FrameChannel, { nonce, owner }: HandshakeFacts): void {
      const proof = owner && { ownerProof: owner.gatewayProof }
      const payload: ChallengePayload = {
        nonce,
        ts: deps.clock.wall(),
        capabilities: [PAIRGATE_CAPABILITY],
        ...proof,
      }
      channel.send({ type: 'event', event: 'connect.challenge', payload })
    },

    /** @returns the open connection, or `undefined` when the peer was refused and the channel is closing. */
    async answer(
      channel: FrameChannel,
      text: string,
      facts: HandshakeFacts,
    ): Promise<Connection | undefined> {
      const tell = timeAnswer(deps, facts)
      const read = readConnect(text, { ownerSocket: facts.owner !== undefined, origin: facts.origin })
      if (!read.ok) {
        const { reply, close } = read.value
        noteUnreadable(deps, facts, read.value)
        if (reply) channel.send({ type: 'res', id: reply.id, ok: false, error: reply.error })
        channel.close(close)
        tell({ outcome: String(reply?.error.details?.['code'] ?? 'invalid'), id: reply?.id })
        return undefined
      }
      const connect = read.value
      const { id, traceparent, ask } = connect
      const said = { id, traceparent, role: ask.role }
      let gaveUp = false
      const giveUp = (refusal: Refusal) => {
        // Answered when its time ran out; what is found out afterwards is for nobody.
        if (gaveUp) return undefined
        gaveUp = true
        tell({ ...said, outcome: refusal.reason, deviceId: provedDevice(connect, refusal) })
        return sendRefusal(deps, channel, { connect, facts, refusal })
      }
      facts.whenLate(() => giveUp({ reason: 'database-away' }))
      try {
        const accepted = await accept(deps, connect, facts)
        if (!accepted.ok) return giveUp(accepted.refusal)
        const admitted = await admit(deps, channel, { connect, facts, admission: accepted.value })
        if (!admitted.ok) return giveUp(admitted.refusal)
        tell({
          ...said,
          outcome: admitted.value ? 'accepted' : 'peer-gone',
          deviceId: deviceOf(accepted.value),
        })
        return admitted.value
      } catch (error) {
        giveUp(faultRefusal(error))
        throw error
      }
    },

    /** The peer has let its time pass. */
    timedOut({ peer }: HandshakeFacts): void {
      deps.onEnded({ outcome: 'handshake-timeout', ms: undefined, peer })
      deps.core.noteFeed({ kind: 'connect-refused', reason: 'handshake-timeout', prefix: peer.prefix })
    },
  }
}

export type Handshake = ReturnType<typeof createHandshake>

function accept(
  { core }: HandshakeDeps,
  { ask, dialect, ownerProof }: ReadConnect,
  facts: HandshakeFacts,
): Promise<Result<Admission>> | Result<Admission> {
  const { peer, nonce, owner } = facts
  if (owner) return core.acceptOwner(ask, peer, ownerProof !== undefined && owner.accepts(ownerProof))
  const kept = ask.device !== undefined || dialect.keepsScopesWithoutDevice
  return core.acceptConnect(ask, kept ? peer : { ...peer, scopeCap: [] }, nonce)
}

interface Admitting {
  readonly connect: ReadConnect
  readonly facts: HandshakeFacts
  readonly admission: Admission
}

/**
 * Registers the socket, and only then looks again: a revocation between the first look and now is caught
 * by the second look, a later one by the registry. Then the hello leaves.
 */
async function admit(
  deps: HandshakeDeps,
  channel: FrameChannel,
  { connect, facts, admission }: Admitting,
): Promise<Result<Connection | undefined>> {
  const { dialect, extended, ask, id } = connect
  const expiresAt = admission.door ? admission.door.endsAt : admission.token?.record.expiresAt
  const context = contextOf(deps, connect, facts)
  const connection = createConnection(channel, {
    principal: admission.principal,
    dialect,
    extended,
    context,
    // Cut to size: a name of 60 KB would be kept for as long as the socket lives.
    metadata: tidyMetadata(ask.metadata),
    prefix: facts.peer.prefix,
    expiresAt,
    method: admission.method,
    door: admission.door,
    origin: facts.origin,
  })
  // A socket that is gone already tells so no more, and would stay in the registry for ever.
  if (!channel.isOpen) return ok(undefined)
  deps.registry.add(connection)
  channel.onClosed(() => {
    deps.registry.remove(connection)
    connection.lost()
  })

  const standing = await deps.core.lookAgain(admission)
  if (!standing.ok) return standing

  const sessionKey = extended ? await deps.core.sessionKeyOf(admission.principal.sessionId) : undefined
  if (!channel.isOpen) return ok(undefined)
  if (deps.isClosed() || isOutdated(deps, connection, facts) || !connection.open())
    return refuse({ reason: 'gateway-busy' })
  channel.trust()
  const now = deps.clock.now()
  const { version, bootId, startedAt } = deps
  const payload = dialect.hello(admission, {
    version,
    bootId,
    uptimeMs: now - startedAt,
    now,
    audience: connection,
    presence: deps.presence.join(connection),
    sessionKey,
  })
  channel.send({ type: 'res', id, ok: true, payload })
  return ok(connection)
}

/** Whatever ends a handshake first is its outcome; what comes later changes nothing for the peer. */
function timeAnswer(
  { clock, onEnded }: HandshakeDeps,
  { peer }: HandshakeFacts,
): (end: Omit<EndedHandshake, 'ms' | 'peer'>) => void {
  const began = clock.ticks()
  let isTold = false
  return (end) => {
    if (!isTold) onEnded({ ...end, ms: clock.ticks() - began, peer })
    isTold = true
  }
}

/**
 * Whether shared secret, origin or the end of mode `none` may have been judged by settings that have changed
 * since. Those who came in by them before the change were found in the registry; who arrives there after it
 * is caught here (T26).
 */
function isOutdated(
  { revision }: HandshakeDeps,
  { method, origin }: Connection,
  facts: HandshakeFacts,
): boolean {
  const wasJudged = JUDGED.has(method) || origin !== undefined
  return wasJudged && revision() !== facts.revision
}

/** By settings that may change while somebody comes in. */
const JUDGED: ReadonlySet<Connection['method']> = new Set(['token', 'password', 'none'])

interface Refusing {
  readonly connect: ReadConnect
  readonly facts: HandshakeFacts
  readonly refusal: Refusal
}

function sendRefusal(
  deps: HandshakeDeps,
  channel: FrameChannel,
  { connect, facts, refusal }: Refusing,
): undefined {
  noteRefusal(deps, connect, { facts, refusal })
  const error = connect.dialect.error(refusal, contextOf(deps, connect, facts))
  channel.send({ type: 'res', id: connect.id, ok: false, error })
  channel.close(closeFor(connect.dialect, refusal, error))
  return undefined
}

function noteUnreadable({ core }: HandshakeDeps, { peer }: HandshakeFacts, { reply }: Unreadable): void {
  const code = reply?.error.details?.['code']
  const reason = typeof code === 'string' ? code : 'not-a-connect'
  core.noteFeed({ kind: 'connect-refused', reason, prefix: peer.prefix })
}

/** Refusals of a device that has proved its key. */
const PROVED: ReadonlySet<Refusal['reason']> = new Set([
  'pairing-required',
  'device-token-mismatch',
  'token-mismatch',
  'password-mismatch',
  'scope-mismatch',
  'rate-limited',
  'too-many-pending',
])

function provedDevice({ ask }: ReadConnect, { reason }: Refusal): DeviceId | undefined {
  return ask.device && PROVED.has(reason) ? parseDeviceId(ask.device.id) : undefined
}

function deviceOf({ principal }: Admission): DeviceId | undefined {
  return principal.kind === 'device' ? principal.deviceId : undefined
}

function noteRefusal(
  { core }: HandshakeDeps,
  connect: ReadConnect,
  { facts, refusal }: Pick<Refusing, 'facts' | 'refusal'>,
): void {
  // What asks to be paired is in the feed as a request.
  if (refusal.reason === 'pairing-required') return
  const reason = 'fault' in refusal ? `${refusal.reason}:${refusal.fault}` : refusal.reason
  const deviceId = provedDevice(connect, refusal)
  core.noteFeed({ kind: 'connect-refused', reason, prefix: facts.peer.prefix, deviceId })
}

function closeFor(
  dialect: Dialect,
  refusal: Refusal,
  error: ErrorShape,
): { readonly code: number; readonly reason: string } {
  if (error.code === 'UNAVAILABLE') return CLOSES['try-again']
  const requestId = refusal.reason === 'pairing-required' ? refusal.request.id : undefined
  return { code: 1008, reason: dialect.closeReason(error.message, requestId) }
}

function contextOf(
  { mode }: HandshakeDeps,
  { ask, extended }: ReadConnect,
  { peer }: HandshakeFacts,
): WireContext {
  return { mode: mode(), clientId: ask.clientId, directLoopback: peer.directLoopback, extended }
}
