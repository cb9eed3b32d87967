import type { MethodResult } from '@pairgate/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'
import { type AuditFilter, paramsOf } from './audit-filter.ts'

export type AuditEvent = MethodResult<'audit.list'>['events'][number]

const LIMIT = 50

export interface Audit {
  readonly events: readonly AuditEvent[]
  readonly isLoaded: boolean
  readonly error: unknown
  readonly hasMore: boolean
  readonly more: () => void
}

/** The log, newest first, as far as the reader has gone back. */
export function useAudit(filter: AuditFilter): Audit {
  const { session } = useConsole()
  const [events, setEvents] = useState<readonly AuditEvent[]>([])
  const [state, setState] = useState({ isLoaded: false, hasMore: false, error: undefined as unknown })
  const turn = useRef(0)

  async function load(known: readonly AuditEvent[]): Promise<void> {
    turn.current += 1
    const own = turn.current
    const last = known.at(-1)
    try {
      const page = await session.request('audit.list', {
        limit: LIMIT,
        ...paramsOf(filter),
        ...(last && { before: last.seq }),
      })
      if (own !== turn.current) return
      setEvents([...known, ...page.events])
      setState({ isLoaded: true, hasMore: page.events.length === LIMIT, error: undefined })
    } catch (error) {
      if (own === turn.current) setState((before) => ({ ...before, error }))
    }
  }
  useEffect(() => {
    setEvents([])
    setState({ isLoaded: false, hasMore: false, error: undefined })
    void load([])
    return () => {
      turn.current += 1
    }
  }, [session, filter])
  return { events, ...state, more: () => void load(events) }
}
