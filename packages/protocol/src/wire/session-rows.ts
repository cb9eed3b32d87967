/** A session as a list shows it. */
export interface SessionRow {
  readonly key: string
  /** Stays the same as long as the session lives, and is never used again. */
  readonly sessionId: string
  readonly label?: string
  readonly createdAtMs: number
  /** When its newest message was sent; absent while there is none. */
  readonly updatedAtMs?: number
  /** Number of its newest message, 0 when there is none. */
  readonly lastSeq: number
  /** Only for operators of every session: `owner`, `shared-secret` or `device:<id>`. */
  readonly createdBy?: string
  /** Only for operators of every session: how many tokens open it. */
  readonly tokens?: number
}

/** The newest first. */
export interface SessionListResult {
  readonly sessions: readonly SessionRow[]
  /** How many there are that the caller may see. */
  readonly count: number
}

export interface SessionResult {
  readonly session: SessionRow
}

export interface SessionDeleteResult {
  readonly key: string
  readonly sessionId: string
  readonly deleted: true
  /** How many tokens went with it. */
  readonly revokedTokens: number
}

/** One message of a session, in the fields of chat programs. */
export interface ChatMessage {
  readonly id: string
  /** Counts the session's messages from 1, without a gap. */
  readonly seq: number
  readonly role: 'user'
  /** Who sent it: `device:<id>`, `owner` or `shared-secret`. */
  readonly from: string
  readonly content: readonly { readonly type: 'text'; readonly text: string }[]
  readonly timestamp: number
}

/** What `chat.send` answers; the same again for the same idempotency key. */
export interface ChatSendResult {
  readonly sessionKey: string
  readonly messageId: string
  readonly seq: number
  readonly timestamp: number
}

export interface ChatHistory {
  readonly sessionKey: string
  /** Absent for `main` while nobody has written to it. */
  readonly sessionId?: string
  /** The newest last. */
  readonly messages: readonly ChatMessage[]
  /** Numbers of the oldest and the newest message that are kept; 0 when there is none. */
  readonly first: number
  readonly last: number
  /** There are more in the direction that was asked for. */
  readonly hasMore: boolean
}

/** Payload of `chat`. Messages come whole, so there is one event for each. */
export interface ChatPayload {
  readonly sessionKey: string
  /** Id of the message. */
  readonly runId: string
  readonly seq: number
  readonly state: 'final'
  readonly message: ChatMessage
}
