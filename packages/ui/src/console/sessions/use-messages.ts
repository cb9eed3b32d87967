import type { MethodResult } from '@pairgate/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'

export type Message = MethodResult<'chat.history'>['messages'][number]

export interface Messages {
  /** In their order; `undefined` until the first answer. */
  readonly messages: readonly Message[] | undefined
  readonly hasOlder: boolean
  readonly error: unknown
  /** Reads what is new. */
  readonly reload: () => void
  /** Reads the page before the first. */
  readonly older: () => Promise<void>
}

const PAGE = 50

interface Read {
  readonly messages: readonly Message[]
  readonly hasOlder: boolean
}

/** The messages of a session as far back as the reader has gone; new ones come by themselves. */
export function useMessages(sessionKey: string): Messages {
  const { session } = useConsole()
  const [read, setRead] = useState<Read>()
  const [error, setError] = useState<unknown>()
  const last = useRef(0)
  const isOver = useRef(false)

  async function ask(place: { readonly before?: number; readonly after?: number }) {
    try {
      const page = await session.request('chat.history', { sessionKey, limit: PAGE, ...place })
      if (isOver.current) return undefined
      setError(undefined)
      return page
    } catch (failure) {
      if (!isOver.current) setError(failure)
      return undefined
    }
  }

  /** Behind the last that is known, or else the newest. */
  async function newer(): Promise<void> {
    const page = await ask(last.current === 0 ? {} : { after: last.current })
    if (!page) return
    const isFirst = last.current === 0
    last.current = page.messages.at(-1)?.seq ?? last.current
    setRead((known) =>
      isFirst || !known
        ? { messages: page.messages, hasOlder: page.hasMore }
        : { ...known, messages: join(known.messages, page.messages) },
    )
    if (!isFirst && page.hasMore) await newer()
  }

  useEffect(() => {
    isOver.current = false
    void newer()
    const stops = [
      session.onEvent(({ event, payload }) => event === 'chat' && isOf(payload, sessionKey) && newer()),
      session.onState(({ kind }) => kind === 'open' && newer()),
    ]
    return () => {
      isOver.current = true
      for (const stop of stops) stop()
    }
  }, [session, sessionKey])

  return {
    messages: read?.messages,
    hasOlder: read?.hasOlder === true,
    error,
    reload: () => void newer(),
    async older() {
      const page = await ask({ before: read?.messages[0]?.seq ?? 1 })
      if (!page) return
      setRead((known) => ({
        messages: join(page.messages, known?.messages ?? []),
        hasOlder: page.hasMore,
      }))
    },
  }
}

function isOf(payload: unknown, sessionKey: string): boolean {
  return (payload as { sessionKey?: unknown } | undefined)?.sessionKey === sessionKey
}

/** Each once, whatever was asked for twice. */
function join(one: readonly Message[], other: readonly Message[]): readonly Message[] {
  const all = new Map([...one, ...other].map((message) => [message.seq, message]))
  return [...all.values()].sort((a, b) => a.seq - b.seq)
}
