import type { Instant, SessionId } from '@pairgate/protocol'

/** A message of a session's log. It is never changed; its number says where it stands. */
export interface Message {
  /** 128 random bits, base64url. */
  readonly id: string
  readonly sessionId: SessionId
  /** Counts the messages of the session from 1, without a gap, in the order of their commits. */
  readonly seq: number
  readonly at: Instant
  /** `actorRef` of whoever sent it. */
  readonly actor: string
  /** Whose part it speaks, in the words of chat programs. */
  readonly role: 'user'
  readonly text: string
  /** What the sender calls it, so that sending it twice makes one message. */
  readonly idempotencyKey: string
  /** SHA-256, hex, over what was sent: one key for two messages is a fault of the sender. */
  readonly paramsHash: string
}

/** Numbers of the oldest and the newest message that a session holds; 0 when there is none. */
export interface MessageBounds {
  readonly first: number
  readonly last: number
}
