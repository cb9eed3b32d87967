import { once } from 'node:events'
import type { AuditList, AuditRow } from '@pairgate/protocol/wire'
import { isoTime } from '../audit/describe-event.ts'
import { formatJsonLine } from '../output/print-json.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface ExportOptions extends CommonOptions {
  readonly from?: number
  readonly to?: number
}

const PAGE = 500

/** Written page by page, so that a log of any length can be exported. */
export async function exportEvents(options: ExportOptions): Promise<void> {
  await withLink(linkFor(options, 'audit.list'), async (link) => {
    const { from = 1, to = (await readPage(link, undefined, 1)).head.seq } = options
    for (let first = from; first <= to; first += PAGE) {
      const last = Math.min(first + PAGE - 1, to)
      // The list goes backwards from a number; where events are missing it reaches further back than asked.
      const { events } = await readPage(link, last + 1, last - first + 1)
      const lines = events.filter(({ seq }) => seq >= first).toReversed()
      await write(lines.map((event) => `${formatJsonLine(exportLine(event))}\n`).join(''))
    }
  })
}

function readPage(link: GatewayLink, before: number | undefined, limit: number): Promise<AuditList> {
  return link.request('audit.list', { limit, ...(before !== undefined && { before }) }, ADMIN_SCOPES)
}

/** Every line has the same fields, so that programs need not ask which there are. */
function exportLine(event: AuditRow) {
  return {
    seq: event.seq,
    at: isoTime(event.at),
    epoch: event.epoch,
    actor: event.actor,
    via: event.via ?? null,
    address: event.address ?? null,
    kind: event.kind,
    device: event.deviceId ?? null,
    role: event.role ?? null,
    request: event.requestId ?? null,
    token: event.tokenId ?? null,
    before: event.before ?? null,
    after: event.after ?? null,
    erased: event.erased ?? false,
    mac: event.mac,
  }
}

async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}
