import type { ChatHistory, ChatMessage, ChatPayload } from '@pairgate/protocol/wire'
import { ClientError } from './client-error.ts'
import type { GatewaySession } from './gateway-session.ts'
import { isRecord } from './received-frame.ts'
import { pause } from './timer.ts'

export interface ChatToFollow {
  /** The session's key; left out, the one that the token opens. */
  readonly sessionKey?: string
  /** Number of the last message that is known already, 0 for none; left out, only new ones are told. */
  readonly after?: number
  /** Ends the loop by throwing the signal's reason. */
  readonly signal?: AbortSignal
}

/** Messages that came while the reader was busy; for more than these the history is asked. */
const MOST_WAITING = 256
const RETRY_MS = 1_000

/**
 * The messages of a session for `for await`, each once and in order, also those that were sent while the
 * connection was away. The loop ends with the gateway session, or throws what that ended with.
 * @throws ClientError of `chat.history`; the signal's reason.
 */
export async function* followChat(
  session: GatewaySession,
  chat: ChatToFollow = {},
): AsyncGenerator<ChatMessage> {
  const news = listenForNews(session, chat.signal)
  const place: Place = { seen: chat.after, key: chat.sessionKey }
  try {
    while (!news.isOver()) {
      const next = news.take(place)
      if (next) {
        place.seen = next.seq
        yield next
      } else if (news.isBehind(place)) {
        const page = await askHistory(session, chat, place.seen)
        if (page) yield* tellPage(page, place, news)
      } else {
        await news.wait()
      }
    }
  } finally {
    news.stop()
  }
}

/** How far a reader is. */
interface Place {
  seen: number | undefined
  key: string | undefined
}

function* tellPage(page: ChatHistory, place: Place, news: News): Generator<ChatMessage> {
  const unseen = place.seen === undefined ? [] : page.messages
  place.key = page.sessionKey
  place.seen ??= page.last
  for (const message of unseen) {
    place.seen = message.seq
    yield message
  }
  if (!page.hasMore || unseen.length === 0) news.caughtUp(place.seen, place.key)
}

/**
 * @returns `undefined` when there was no answer, and the question is to be asked again: of the next connection,
 * or of this one when it had waited for what the gateway said.
 */
async function askHistory(
  session: GatewaySession,
  { sessionKey, signal }: ChatToFollow,
  after: number | undefined,
): Promise<ChatHistory | undefined> {
  const anchor = after === undefined ? { limit: 1 } : { after, limit: 200 }
  const params = { ...anchor, ...(sessionKey !== undefined && { sessionKey }) }
  try {
    return await session.request('chat.history', params, signal && { signal })
  } catch (error) {
    if (session.state.kind === 'closed') await session.ended
    else if (!(error instanceof ClientError) || !error.shouldRetry()) throw error
    else if (error.code !== 'CLOSED') await pause(error.retryAfterMs ?? RETRY_MS, signal)
    return undefined
  }
}

interface News {
  /** The next message, if it was heard. */
  take(place: Place): ChatMessage | undefined
  /** Something may have been sent that nobody told us, or was heard out of turn. */
  isBehind(place: Place): boolean
  /** The history has told everything up to this number. */
  caughtUp(seen: number, key: string): void
  /** Whether the session was closed; throws what else it ended with. */
  isOver(): boolean
  /** Waits for something new, or for the end. */
  wait(): Promise<void>
  stop(): void
}

function listenForNews(session: GatewaySession, signal: AbortSignal | undefined): News {
  const heard = new Map<string, ChatMessage>()
  let isBehind = true
  let over: { readonly error: unknown } | undefined
  let wake = Promise.withResolvers<void>()
  const fallBehind = async (): Promise<void> => {
    isBehind = true
    heard.clear()
    wake.resolve()
  }
  const end = (error: unknown): void => {
    over ??= { error }
    wake.resolve()
  }
  const abort = (): void => end(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  const stops = [
    session.onEvent(({ event, payload }) => {
      if (event !== 'chat' || !isChat(payload)) return
      if (heard.size >= MOST_WAITING) return void fallBehind()
      heard.set(placeOf(payload.sessionKey, payload.seq), payload.message)
      wake.resolve()
    }),
    // What was sent between two connections was told to nobody.
    session.resume(fallBehind),
    () => signal?.removeEventListener('abort', abort),
  ]
  void session.ended.then(end)

  return {
    take({ seen, key }) {
      if (seen === undefined || key === undefined) return undefined
      const name = placeOf(key, seen + 1)
      const message = heard.get(name)
      heard.delete(name)
      return message
    },
    isBehind: ({ key }) => isBehind || [...heard.keys()].some((place) => place.endsWith(` ${key}`)),
    caughtUp(seen, key) {
      isBehind = false
      for (const [place, { seq }] of heard)
        if (seq <= seen || place !== placeOf(key, seq)) heard.delete(place)
    },
    isOver() {
      if (over?.error !== undefined) throw over.error
      return over !== undefined
    },
    async wait() {
      await wake.promise
      wake = Promise.withResolvers<void>()
    },
    stop() {
      for (const stop of stops) stop()
    },
  }
}

function placeOf(key: string, seq: number): string {
  return `${seq} ${key}`
}

function isChat(payload: unknown): payload is ChatPayload {
  return isRecord(payload) && typeof payload['sessionKey'] === 'string' && isRecord(payload['message'])
}
