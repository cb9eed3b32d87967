import type { AuditErasure } from '@pairgate/protocol/wire'
import { eventsText, isoTime } from '../audit/describe-event.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { agree } from './agree.ts'
import { ADMIN_SCOPES } from './audit-list.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { readPairList, resolveDeviceId } from './read-pair-list.ts'
import { tracesLines } from './traces-lines.ts'

export interface EraseOptions extends CommonOptions {
  readonly device?: string
  readonly before?: number
  readonly yes?: boolean
}

interface Choice {
  readonly deviceId?: string
  readonly before?: number
}

export async function eraseDetails(options: EraseOptions): Promise<void> {
  const { device, before } = options
  if (device === undefined && before === undefined) {
    throw new CommandError('Say whose details, or of what time: --device <id>, --before <time>, or both.')
  }
  const erased = await withLink(linkFor(options, 'audit.erase'), async (link) => {
    const deviceId = device === undefined ? undefined : await resolveDeviceId(link, device)
    const choice = { ...(deviceId !== undefined && { deviceId }), ...(before !== undefined && { before }) }
    const { events } = await link.request('audit.erase', { ...choice, preview: true }, ADMIN_SCOPES)
    if (events > 0) {
      await agree('Nothing was erased.', 'Erase', await describeErasure(link, choice, events), options)
    }
    return events === 0 ? { events } : link.request('audit.erase', choice, ADMIN_SCOPES)
  })
  if (options.json) printJson(erased)
  else process.stdout.write(`${formatErasure(erased).join('\n')}\n`)
}

async function describeErasure(
  link: GatewayLink,
  { deviceId, before }: Choice,
  events: number,
): Promise<readonly string[]> {
  const about = deviceId === undefined ? '' : ` about device ${deviceId}, or done by it`
  const until = before === undefined ? '' : `, from before ${isoTime(before)}`
  const lines = [
    `This erases the names, scopes and addresses of ${eventsText(events)}${about}${until}.`,
    'The events themselves stay, the log goes on to verify, and that you did this is written into it.',
    'It cannot be undone. Backups, exports and log files keep what they hold.',
  ]
  const { paired } = await readPairList(link)
  const isPaired = paired.some((row) => row.deviceId === deviceId)
  const kept =
    'The device is still paired: the list of devices keeps its name and last address until it is removed.'
  return (isPaired ? [...lines, kept] : lines).map((line) => cleanText(line, 1_000))
}

function formatErasure({ events, traces = 'none' }: AuditErasure): readonly string[] {
  if (events === 0) return ['There is nothing to erase.']
  return [`Erased the details of ${eventsText(events)}.`, ...tracesLines(traces)]
}
