import type { SessionListResult, SessionRow } from '@pairgate/protocol/wire'
import { formatAge } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { systemNow } from '../platform/system-clock.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

const READ_SCOPES = ['operator.read'] as const
const MOST = 1_000

export async function listSessions(options: CommonOptions): Promise<void> {
  const list = await withLink(linkFor(options, 'sessions.list'), (link) =>
    link.request('sessions.list', { limit: MOST }, READ_SCOPES),
  )
  if (options.json) printJson(list)
  else process.stdout.write(`${formatSessions(list, terminalWidth(process.env), systemNow())}\n`)
}

export async function showSession(key: string, options: CommonOptions): Promise<void> {
  const found = await withLink(linkFor(options, 'sessions.resolve'), (link) =>
    link.request('sessions.resolve', { key }, READ_SCOPES),
  )
  if (options.json) printJson(found)
  else process.stdout.write(`${sessionLines(found.session, systemNow()).join('\n')}\n`)
}

export function formatSessions({ sessions, count }: SessionListResult, width: number, now: number): string {
  if (sessions.length === 0) return 'No sessions.'
  const rows = sessions.map((row) => [
    cleanText(row.key),
    cleanText(row.label ?? ''),
    row.tokens === undefined ? '' : String(row.tokens),
    String(row.lastSeq),
    row.updatedAtMs === undefined ? 'never' : formatAge(row.updatedAtMs, now),
    formatAge(row.createdAtMs, now),
  ])
  const table = formatTable(['Session', 'Label', 'Tokens', 'Messages', 'Last message', 'Made'], rows, width)
  return count > sessions.length ? `${table}\n${count - sessions.length} older ones are not shown.` : table
}

function sessionLines(row: SessionRow, now: number): readonly string[] {
  const written = row.updatedAtMs === undefined ? 'never' : formatAge(row.updatedAtMs, now)
  return [
    `Session:      ${cleanText(row.key)}`,
    `Label:        ${cleanText(row.label ?? 'none')}`,
    `Session ID:   ${cleanText(row.sessionId)}`,
    `Made:         ${formatAge(row.createdAtMs, now)}${row.createdBy ? ` by ${cleanText(row.createdBy)}` : ''}`,
    `Messages:     ${row.lastSeq}`,
    `Last message: ${written}`,
    ...(row.tokens === undefined ? [] : [`Tokens:       ${row.tokens}`]),
  ]
}
