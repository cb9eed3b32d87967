import { type Core, ok, refuse } from '@pairgate/core'
import { type ChatHistory, type ChatSendResult, LIMITS } from '@pairgate/protocol/wire'
import { chatMessage } from '../../wire/session-to-wire.ts'
import type { Handler } from './method-handlers.ts'

export interface ChatMethods {
  readonly send: Handler<'chat.send'>
  readonly history: Handler<'chat.history'>
}

const LISTED = 50

/** `chat.*`: the log of messages that every session has. Nothing answers in it but who writes to it. */
export function createChatMethods({ core }: { readonly core: Core }): ChatMethods {
  return {
    async send({ principal }, { sessionKey, message: text, idempotencyKey }) {
      if (Buffer.byteLength(text) > LIMITS.messageBytes) return refuse({ reason: 'message-too-big' })
      // Neither can be stored and come back as it was.
      if (text.includes('\0') || !text.isWellFormed()) return refuse({ reason: 'message-unreadable' })
      const sent = await core.sendMessage(principal, { sessionKey, text, idempotencyKey })
      if (!sent.ok) return sent
      const { message } = sent.value
      const { id: messageId, seq, at: timestamp } = message
      return ok({
        sessionKey: sent.value.sessionKey,
        messageId,
        seq,
        timestamp,
      } satisfies ChatSendResult)
    },
    async history({ principal }, { limit = LISTED, ...ask }) {
      const found = await core.readHistory(principal, { ...ask, limit })
      if (!found.ok) return found
      const { session, sessionKey, messages, first, last, hasMore } = found.value
      return ok({
        sessionKey,
        ...(session && { sessionId: session.id }),
        messages: messages.map(chatMessage),
        first,
        last,
        hasMore,
      } satisfies ChatHistory)
    },
  }
}
