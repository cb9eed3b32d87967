import { EVERY_SESSION, isMainSession, MAIN_SESSION } from '@pairgate/protocol'
import type { Message, MessageBounds } from '../domain/message.ts'
import type { Principal } from '../domain/principal.ts'
import { ok, type Result, refuse } from '../domain/result.ts'
import type { Session } from '../domain/session.ts'
import type { StoreReader } from '../ports/store.ts'
import { findNamedSession } from '../sessions/find-session.ts'

export interface HistoryAsk {
  readonly sessionKey?: string | undefined
  /** Only messages with a greater number: the oldest of them, to catch up. */
  readonly after?: number | undefined
  /** Only messages with a smaller number. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface History extends MessageBounds {
  /** `undefined` for `main` while nobody has written to it. */
  readonly session: Session | undefined
  readonly sessionKey: string
  /** In the order of their numbers. */
  readonly messages: readonly Message[]
  /** There are more in the direction that was read. */
  readonly hasMore: boolean
}

/** Letters of one page: what lies in the buffer of a slow reader is bounded, however big the messages are. */
const LETTERS_PER_PAGE = 2_097_152

/** Reads a page of a session's messages: the newest, or the oldest behind a number that is known already. */
export function createReadHistory({ read }: { readonly read: StoreReader }) {
  return async (principal: Principal, ask: HistoryAsk): Promise<Result<History>> => {
    const session = await findNamedSession(read, principal, ask.sessionKey)
    if (!session) return withoutSession(principal, ask)
    const bounds = await read.messageBounds(session.id)
    const from = ask.after === undefined ? 'newest' : 'oldest'
    const { after, before, limit } = ask
    const found = await read.listMessages(session.id, { after, before, from, limit: limit + 1 })
    const messages = fit(from === 'oldest' ? found : found.toReversed(), limit)
    const hasMore = messages.length < found.length
    return ok({
      session,
      sessionKey: session.key,
      ...bounds,
      messages: from === 'oldest' ? messages : messages.toReversed(),
      hasMore,
    })
  }
}

/** As many as may leave at once, and always one, so that nobody is stuck behind a big message. */
function fit(messages: readonly Message[], limit: number): readonly Message[] {
  let letters = 0
  const kept: Message[] = []
  for (const message of messages.slice(0, limit)) {
    letters += message.text.length
    if (kept.length > 0 && letters > LETTERS_PER_PAGE) break
    kept.push(message)
  }
  return kept
}

function withoutSession(
  { sessionId }: Principal,
  { sessionKey = MAIN_SESSION }: HistoryAsk,
): Result<History> {
  if (sessionId !== EVERY_SESSION || !isMainSession(sessionKey)) return refuse({ reason: 'session-unknown' })
  return ok({
    session: undefined,
    sessionKey: MAIN_SESSION,
    messages: [],
    first: 0,
    last: 0,
    hasMore: false,
  })
}
