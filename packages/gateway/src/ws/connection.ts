import type { AdmissionMethod, DeviceMetadata, Principal } from '@pairgate/core'
import { coversScopes, type Instant } from '@pairgate/protocol'
import { type Audience, CLOSES, type Close, type ErrorShape, type EventName } from '@pairgate/protocol/wire'
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
  /** When its token runs out. */
  readonly expiresAt: Instant | undefined
  /** What let it in. */
  readonly method: AdmissionMethod
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
  readonly origin: string | undefined
}

export function createConnection(channel: FrameChannel, facts: ConnectionFacts): Connection {
  let state: GateState = 'waiting'
  let seq = 0
  let lastWordsOwed = 0
  const endings = createEndings()
  let lastClose: Close = CLOSES['device-removed']

  /** Leaves the state `open`, if it was there. */
  function become(next: GateState): void {
    state = next
    endings.run()
  }
  function end(close: { readonly code: number; readonly reason: string }): void {
    become('closed')
    channel.close(close)
  }
  return {
    ...facts,
    protocol: facts.dialect.protocol,
    hearsPairing:
      facts.principal.role === 'operator' && coversScopes(facts.principal.scopes, ['operator.pairing']),
    get isOpen() {
      return state === 'open'
    },
    open() {
      if (state !== 'waiting') return false
      state = 'open'
      return true
    },
    tell(event, payload) {
      if (state !== 'open' || !facts.dialect.knowsEvent(event)) return
      seq += 1
      channel.send({ type: 'event', event, payload, seq })
    },
    succeed(id, payload, isLastWord) {
      if (answers(state) || (state === 'last-words' && isLastWord))
        channel.send({ type: 'res', id, ok: true, payload })
    },
    oweLastWord() {
      lastWordsOwed += 1
      return () => {
        lastWordsOwed -= 1
        if (state === 'last-words' && lastWordsOwed === 0) end(lastClose)
      }
    },
    fail(id, error) {
      if (answers(state)) channel.send({ type: 'res', id, ok: false, error })
    },
    shut(withLastWords, close = CLOSES['device-removed']) {
      if (state === 'closed' || state === 'last-words') return
      lastClose = close
      // Its connect has no answer yet; the handshake finds the gate closed and gives one.
      if (state === 'waiting') become('closed')
      else if (withLastWords) become('last-words')
      else end(close)
    },
    leave: end,
    drain(reason) {
      this.tell('shutdown', { reason })
      if (state === 'open') become('draining')
    },
    lost: () => become('closed'),
    whenOver: endings.add,
    beat: () => channel.beat(),
  }
}

/** Work that is due at the end, and at once behind it. */
function createEndings() {
  const due = new Set<() => void>()
  let over = false
  return {
    add(work: () => void): () => void {
      if (over) work()
      else due.add(work)
      return () => due.delete(work)
    },
    run(): void {
      over = true
      for (const work of due) work()
      due.clear()
    },
  }
}

/** Whether the token behind a connection has run out. */
export function hasExpired({ expiresAt }: Pick<Connection, 'expiresAt'>, now: Instant): boolean {
  return expiresAt !== undefined && now >= expiresAt
}

function answers(state: GateState): boolean {
  return state === 'open' || state === 'draining'
}
