import { type AuditRow, EVENT_KINDS } from '@pairgate/protocol/wire'
import { actorText, changeText, timeText } from '../audit/describe-event.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { resolveDeviceId } from './read-pair-list.ts'

export interface ListOptions extends CommonOptions {
  readonly device?: string
  readonly kind?: string
  readonly limit?: number
  readonly since?: number
  readonly until?: number
}

export const ADMIN_SCOPES = ['operator.admin'] as const
const MOST = 500

export async function listEvents(options: ListOptions): Promise<void> {
  const { device, kind, limit = 50, since, until } = options
  if (limit > MOST) {
    throw new CommandError(`At most ${MOST} events are listed at once.`, {
      next: ['All of them: openclaw audit export'],
    })
  }
  const list = await withLink(linkFor(options, 'audit.list'), async (link) => {
    const deviceId = device === undefined ? undefined : await resolveDeviceId(link, device)
    const filter = {
      ...(deviceId !== undefined && { deviceId }),
      ...(kind !== undefined && { kind }),
      ...(since !== undefined && { sinceMs: since }),
      ...(until !== undefined && { untilMs: until }),
    }
    return link.request('audit.list', { limit, ...filter }, ADMIN_SCOPES)
  })
  if (kind !== undefined && list.events.length === 0) await assureKind(kind)
  if (options.json) printJson(list)
  else process.stdout.write(`${formatEvents(list.events, terminalWidth(process.env))}\n`)
}

/** An empty list must not look like good news when the word is none of the gateway's. */
async function assureKind(kind: string): Promise<void> {
  if (EVENT_KINDS.some((known) => known === kind)) return
  const { nearestWord } = await import('@pairgate/gateway/config')
  const near = nearestWord(kind, EVENT_KINDS)
  throw new CommandError(`No event is of the kind "${cleanText(kind)}".`, {
    next: [...(near === undefined ? [] : [`Did you mean ${near}?`]), `Kinds: ${EVENT_KINDS.join(', ')}.`],
  })
}

export function formatEvents(events: readonly AuditRow[], width: number): string {
  if (events.length === 0) return 'No events.'
  const rows = events.map((event) => [
    String(event.seq),
    timeText(event.at),
    cleanText(event.kind),
    cleanText(event.deviceId?.slice(0, 8) ?? ''),
    actorText(event),
    changeText(event),
  ])
  return formatTable(['Event', 'Time (UTC)', 'Kind', 'Device', 'By', 'Change'], rows, width)
}
