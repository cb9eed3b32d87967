import type { MethodResult } from '@pairgate/client'
import { useMemo } from 'preact/hooks'
import { type Pages, type Paging, usePages } from '../use-pages.ts'
import { type AuditFilter, paramsOf } from './audit-filter.ts'

export type AuditEvent = MethodResult<'audit.list'>['events'][number]

const LIMIT = 50
/** What a gateway tells of decisions; those that it tells nobody of are there at the next look. */
const HEARD = ['device.pair.changed', 'device.pair.resolved', 'device.pair.invitation']

/** The log, newest first, as far as the reader has gone back. */
export function useAudit(filter: AuditFilter): Pages<AuditEvent> {
  const paging = useMemo<Paging<AuditEvent>>(
    () => ({
      async ask(session, before) {
        const place = typeof before === 'number' && { before }
        const asked = { limit: LIMIT, ...paramsOf(filter), ...place }
        const { events } = await session.request('audit.list', asked)
        return { rows: events, next: events.length === LIMIT ? events.at(-1)?.seq : undefined }
      },
      idOf: ({ seq }) => seq,
      hears: ({ event }) => HEARD.includes(event),
    }),
    [filter],
  )
  return usePages(paging)
}
