import {
  isSelfScoped,
  type Message,
  type Principal,
  type SentMessage,
  type SessionFacts,
} from '@pairgate/core'
import { EVERY_SESSION } from '@pairgate/protocol'
import type { ChatMessage, ChatPayload, SessionRow } from '@pairgate/protocol/wire'

/** A session for a principal. Who made it may be a device that a caller of one session must not know of. */
export function sessionRow(
  { session, lastSeq, lastAt, tokens }: SessionFacts,
  viewer: Principal,
): SessionRow {
  const { id: sessionId, key, label, createdAt, createdBy } = session
  const seesAll = viewer.sessionId === EVERY_SESSION && !isSelfScoped(viewer)
  return {
    key,
    sessionId,
    ...(label !== undefined && { label }),
    createdAtMs: createdAt,
    ...(lastAt !== undefined && { updatedAtMs: lastAt }),
    lastSeq,
    ...(seesAll && { createdBy, tokens }),
  }
}

export function chatMessage({ id, seq, role, actor, text, at }: Message): ChatMessage {
  return { id, seq, role, from: actor, content: [{ type: 'text', text }], timestamp: at }
}

export function chatPayload({ message, sessionKey }: SentMessage): ChatPayload {
  const { id: runId, seq } = message
  return { sessionKey, runId, seq, state: 'final', message: chatMessage(message) }
}
