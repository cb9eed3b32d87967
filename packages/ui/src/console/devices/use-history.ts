import type { MethodResult } from '@pairgate/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'

type Page = MethodResult<'device.history'>
export type HistoryEvent = Page['events'][number]

export interface History {
  /** `undefined` until the first answer. */
  readonly events: readonly HistoryEvent[] | undefined
  readonly error: unknown
  readonly hasMore: boolean
  readonly more: () => void
}

const LIMIT = 20
const HEARD = ['device.pair.changed', 'device.pair.resolved']

/** What was decided about a device, newest first, as far as the reader has gone back. */
export function useHistory(deviceId: string): History {
  const { session } = useConsole()
  const [page, setPage] = useState<Page>()
  const [error, setError] = useState<unknown>()
  const turn = useRef(0)

  async function load(cursor?: string): Promise<void> {
    turn.current += 1
    const own = turn.current
    try {
      const asked = { deviceId, limit: LIMIT, ...(cursor !== undefined && { cursor }) }
      const found = await session.request('device.history', asked)
      if (own !== turn.current) return
      setPage((before) => (cursor === undefined ? onTop(found, before) : behind(found, before)))
      setError(undefined)
    } catch (failure) {
      if (own === turn.current) setError(failure)
    }
  }
  useEffect(() => {
    setPage(undefined)
    setError(undefined)
    void load()
    const stops = [
      session.onEvent(({ event, payload }) => HEARD.includes(event) && isAbout(payload, deviceId) && load()),
      session.onState(({ kind }) => kind === 'open' && load()),
    ]
    return () => {
      turn.current += 1
      for (const stop of stops) stop()
    }
  }, [session, deviceId])
  return {
    events: page?.events,
    error,
    hasMore: page?.next !== undefined,
    more: () => void load(page?.next),
  }
}

function isAbout(payload: unknown, deviceId: string): boolean {
  return (payload as { deviceId?: unknown } | undefined)?.deviceId === deviceId
}

/** The newest page before what was read already, if they meet. */
function onTop(newest: Page, known: Page | undefined): Page {
  const ids = new Set(newest.events.map(({ id }) => id))
  if (!known?.events.some(({ id }) => ids.has(id))) return newest
  return { ...known, events: [...newest.events, ...known.events.filter(({ id }) => !ids.has(id))] }
}

function behind({ events, ...next }: Page, known: Page | undefined): Page {
  return { ...next, events: [...(known?.events ?? []), ...events] }
}
