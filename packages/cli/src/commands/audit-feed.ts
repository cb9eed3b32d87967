import type { FeedEntry } from '@pairgate/protocol/wire'
import { timeText } from '../audit/describe-event.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface FeedOptions extends CommonOptions {
  readonly limit?: number
}

const MOST = 500

export async function listFeed(options: FeedOptions): Promise<void> {
  const { limit = 50 } = options
  if (limit > MOST) throw new CommandError(`At most ${MOST} entries are listed at once.`)
  const feed = await withLink(linkFor(options, 'audit.feed'), (link) =>
    link.request('audit.feed', { limit }, ADMIN_SCOPES),
  )
  if (options.json) printJson(feed)
  else process.stdout.write(`${formatFeed(feed.entries, terminalWidth(process.env))}\n`)
}

function formatFeed(entries: readonly FeedEntry[], width: number): string {
  if (entries.length === 0) return 'Nothing yet.'
  const rows = entries.map(({ kind, reason, address, deviceId, count, lastAt }) => [
    timeText(lastAt),
    ...[kind, reason ?? '', address, deviceId?.slice(0, 8) ?? ''].map((text) => cleanText(text)),
    String(count),
  ])
  return formatTable(['Last (UTC)', 'Kind', 'Reason', 'Address', 'Device', 'Times'], rows, width)
}
