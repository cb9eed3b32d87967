import { once } from 'node:events'
import { formatAuditLine } from '@pairgate/protocol'
import type { AuditList } from '@pairgate/protocol/wire'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface ExportOptions extends CommonOptions {
  readonly from?: number
  readonly to?: number
}

const PAGE = 500

export async function exportEvents(options: ExportOptions): Promise<void> {
  await withLink(linkFor(options, 'audit.list'), async (link) => {
    const { first, head } = await readPage(link, undefined, 1)
    const { from = 1, to = head.seq } = options
    await exportPages(link, { from: Math.max(from, first), to: Math.min(to, head.seq) }, write)
  })
}

interface Section {
  readonly from: number
  readonly to: number
}

/** Page by page, so that a log of any length can be exported. @returns how many events. */
export async function exportPages(
  link: GatewayLink,
  { from, to }: Section,
  put: (lines: string) => Promise<unknown>,
): Promise<number> {
  let count = 0
  for (let first = from; first <= to; first += PAGE) {
    const last = Math.min(first + PAGE - 1, to)
    // The list goes backwards from a number; where events are missing it reaches further back than asked.
    const { events } = await readPage(link, last + 1, last - first + 1)
    const lines = events.filter(({ seq }) => seq >= first).toReversed()
    await put(lines.map((event) => `${formatAuditLine(event)}\n`).join(''))
    count += lines.length
  }
  return count
}

function readPage(link: GatewayLink, before: number | undefined, limit: number): Promise<AuditList> {
  return link.request('audit.list', { limit, ...(before !== undefined && { before }) }, ADMIN_SCOPES)
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
