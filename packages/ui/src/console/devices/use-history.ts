import type { MethodResult } from '@pairgate/client'
import { useMemo } from 'preact/hooks'
import { type Pages, type Paging, usePages } from '../use-pages.ts'

export type HistoryEvent = MethodResult<'device.history'>['events'][number]

const LIMIT = 20
const HEARD = ['device.pair.changed', 'device.pair.resolved']

/** What was decided about a device, newest first, as far as the reader has gone back. */
export function useHistory(deviceId: string): Pages<HistoryEvent> {
  const paging = useMemo<Paging<HistoryEvent>>(
    () => ({
      async ask(session, cursor) {
        const place = typeof cursor === 'string' && { cursor }
        const asked = { deviceId, limit: LIMIT, ...place }
        const { events, next } = await session.request('device.history', asked)
        return { rows: events, next }
      },
      idOf: ({ id }) => id,
      hears: ({ event, payload }) => HEARD.includes(event) && isAbout(payload, deviceId),
    }),
    [deviceId],
  )
  return usePages(paging)
}

function isAbout(payload: unknown, deviceId: string): boolean {
  return (payload as { deviceId?: unknown } | undefined)?.deviceId === deviceId
}
