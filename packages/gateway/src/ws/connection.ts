import type { Admission, AdmissionMethod, DeviceMetadata, Principal } from '@pairgate/core'
import { coversScopes, type Instant } from '@pairgate/protocol'
import {
  type Audience,
  CLOSES,
  type Close,
  type ErrorShape,
  EVENTS,
  type EventName,
  isEventFor,
} from '@pairgate/protocol/wire'
import { type Few, itemsOf, withItem, withoutItem } from '../platform/few.ts'
import type { Dialect } from '../wire/dialect.ts'
import type { WireContext } from '../wire/refusal-to-wire.ts'
import type { FrameChannel } from './frame-channel.ts'

/**
 * `waiting`: registered, but the hello is not out yet. `draining`: the gateway stops, so nothing new is
 * taken up but replies in flight still leave. `last-words`: the gate is closed, and the reply of the call
 * that closed it may still leave. `closed`: nothing goes in or out.
 */
type GateState = 'waiting' | 'open' | 'draining' | 'last-words' | 'closed'

/** One live connection behind its gate. */
export interface Connection extends Audience {
  readonly principal: Principal
  readonly dialect: Dialect
  readonly context: WireContext
  /** What the client said of itself. */
  readonly metadata: DeviceMetadata
  /** Key under which limits count its peer. */
  readonly prefix: string
  /** When its token runs out, as it was last told. */
  readonly expiresAt: Instant | undefined
  setDeadline(expiresAt: Instant | undefined): void
  /** What let it in. */
  readonly method: AdmissionMethod
  /** How mode `none` let it in. */
  readonly door: Admission['door']
  /** The `Origin` header that it came with: only browsers send one. */
  readonly origin: string | undefined
  /** Whether a request may be taken up now. */
  readonly isOpen: boolean
  /** The hello is about to leave. Answers false when the gate was closed meanwhile. */
  open(): boolean
  /** Sends a broadcast with the next number; only while the gate is open, and if the protocol knows it. */
  tell(event: EventName, payload: unknown): void
  /** A last word still leaves after the gate was closed by a call of this very connection. */
  succeed(id: string, payload: unknown, isLastWord: boolean): void
  /**
   * A call begins that may close this very connection. With several on their way nobody can tell which
   * of them closed it, so the connection ends when the last one is over: call what this returns.
   */
  oweLastWord(): () => void
  fail(id: string, error: ErrorShape): void
  /** Closes the gate at once, with or without waiting for last words; 4001 unless told otherwise. */
  shut(withLastWords: boolean, close?: Close): void
  /** Closes for another reason than a revocation. */
  leave(close: { readonly code: number; readonly reason: string }): void
  /** The gateway stops: says so and takes up nothing more. */
  drain(reason: string): void
  /** The socket is gone. */
  lost(): void
  /**
   * Runs `work` once, when no request can be taken up any more: the gate was closed, the socket is gone, or
   * the gateway stops; at once if that is so already. Answers how to do without.
   */
  whenOver(work: () => void): () => void
  beat(): void
  readonly hearsPairing: boolean
  /** Told of the messages of its session. */
  readonly hearsChat: boolean
}

export interface ConnectionFacts {
  readonly principal: Principal
  readonly dialect: Dialect
  readonly extended: boolean
  readonly context: WireContext
  readonly metadata: DeviceMetadata
  readonly prefix: string
  readonly expiresAt: Instant | undefined
  readonly method: AdmissionMethod
  readonly door: Admission['door']
  readonly origin: string | undefined
}

export function createConnection(channel: FrameChannel, facts: ConnectionFacts): Connection {
  return new GatedConnection(channel, facts)
}

/** A class, because ten thousand connections are ten thousand times every closure. */
class GatedConnection implements Connection {
  readonly principal: Principal
  readonly dialect: Dialect
  readonly protocol: Dialect['protocol']
  readonly extended: boolean
  readonly context: WireContext
  readonly metadata: DeviceMetadata
  readonly prefix: string
  readonly method: AdmissionMethod
  readonly door: Admission['door']
  readonly origin: string | undefined
  readonly hearsPairing: boolean
  readonly hearsChat: boolean
  readonly #channel: FrameChannel
  #state: GateState = 'waiting'
  #seq = 0
  #expiresAt: Instant | undefined
  #lastWordsOwed = 0
  #lastClose: Close = CLOSES['device-removed']
  /** Work that is due at the end; most connections have none. */
  #endings: Few<() => void>

  constructor(channel: FrameChannel, facts: ConnectionFacts) {
    this.#channel = channel
    this.principal = facts.principal
    this.dialect = facts.dialect
    this.protocol = facts.dialect.protocol
    this.extended = facts.extended
    this.context = facts.context
    this.metadata = facts.metadata
    this.prefix = facts.prefix
    this.#expiresAt = facts.expiresAt
    this.method = facts.method
    this.door = facts.door
    this.origin = facts.origin
    const { role, scopes } = facts.principal
    const hears = (event: EventName) => {
      const { scope } = EVENTS[event]
      return role === 'operator' && scope !== 'none' && coversScopes(scopes, [scope])
    }
    this.hearsPairing = hears('device.pair.requested')
    this.hearsChat = facts.extended && hears('chat')
  }

  get expiresAt(): Instant | undefined {
    return this.#expiresAt
  }

  setDeadline(expiresAt: Instant | undefined): void {
    this.#expiresAt = expiresAt
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  open(): boolean {
    if (this.#state !== 'waiting') return false
    this.#state = 'open'
    return true
  }

  tell(event: EventName, payload: unknown): void {
    if (this.#state !== 'open' || !this.dialect.knowsEvent(event) || !isEventFor(event, this)) return
    this.#seq += 1
    this.#channel.send({ type: 'event', event, payload, seq: this.#seq })
  }

  succeed(id: string, payload: unknown, isLastWord: boolean): void {
    if (this.#answers() || (this.#state === 'last-words' && isLastWord))
      this.#channel.send({ type: 'res', id, ok: true, payload })
  }

  oweLastWord(): () => void {
    this.#lastWordsOwed += 1
    return () => {
      this.#lastWordsOwed -= 1
      if (this.#state === 'last-words' && this.#lastWordsOwed === 0) this.leave(this.#lastClose)
    }
  }

  fail(id: string, error: ErrorShape): void {
    if (this.#answers()) this.#channel.send({ type: 'res', id, ok: false, error })
  }

  shut(withLastWords: boolean, close: Close = CLOSES['device-removed']): void {
    if (this.#state === 'closed' || this.#state === 'last-words') return
    this.#lastClose = close
    // Its connect has no answer yet; the handshake finds the gate closed and gives one.
    if (this.#state === 'waiting') this.#become('closed')
    else if (withLastWords) this.#become('last-words')
    else this.leave(close)
  }

  leave(close: { readonly code: number; readonly reason: string }): void {
    this.#become('closed')
    this.#channel.close(close)
  }

  drain(reason: string): void {
    this.tell('shutdown', { reason })
    if (this.#state === 'open') this.#become('draining')
  }

  lost(): void {
    this.#become('closed')
  }

  whenOver(work: () => void): () => void {
    if (this.#state === 'waiting' || this.#state === 'open') this.#endings = withItem(this.#endings, work)
    else work()
    return () => {
      this.#endings = withoutItem(this.#endings, work)
    }
  }

  beat(): void {
    this.#channel.beat()
  }

  #answers(): boolean {
    return this.#state === 'open' || this.#state === 'draining'
  }

  /** Leaves the state `open`, if it was there. */
  #become(next: GateState): void {
    this.#state = next
    const due = itemsOf(this.#endings)
    this.#endings = undefined
    for (const work of due) work()
  }
}

/** Whether the token behind a connection, or the stage that let it in, has run out. */
export function hasExpired({ expiresAt }: Pick<Connection, 'expiresAt'>, now: Instant): boolean {
  return expiresAt !== undefined && now >= expiresAt
}

/** How it is closed then: without a token it was the door that was shut. */
export function closeOfEnd({ method }: Pick<Connection, 'method'>): Close {
  return CLOSES[method === 'none' ? 'auth-changed' : 'token-expired']
}
