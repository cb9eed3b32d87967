import type { GatewaySession } from '@pairgate/client'
import { formatAuditLine } from '@pairgate/protocol'
import { type AuditFilter, paramsOf } from './audit-filter.ts'

const PAGE = 500

interface Exporting {
  readonly filter: AuditFilter
  /** Told behind each page how many events there are so far. */
  readonly onCount: (count: number) => void
  readonly signal: AbortSignal
}

/**
 * All events that are meant as lines of JSON, the oldest first, as the command on the host writes them. Each
 * page is handed to the browser as soon as it is there, which keeps big files off the memory of the page.
 * @returns `undefined` if it was stopped.
 */
export async function exportAudit(
  session: GatewaySession,
  { filter, onCount, signal }: Exporting,
): Promise<Blob | undefined> {
  const pages: Blob[] = []
  let count = 0
  for (let before: number | undefined; ; ) {
    const { events } = await session.request('audit.list', {
      limit: PAGE,
      ...paramsOf(filter),
      ...(before !== undefined && { before }),
    })
    if (signal.aborted) return undefined
    // The list goes backwards, and so do the pages.
    pages.unshift(new Blob(events.toReversed().map((event) => `${formatAuditLine(event)}\n`)))
    count += events.length
    onCount(count)
    before = events.at(-1)?.seq
    if (events.length < PAGE) return new Blob(pages, { type: 'application/x-ndjson' })
  }
}

/** Hands a file to the reader. */
export function saveFile(name: string, file: Blob): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Some browsers fetch it a moment later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
