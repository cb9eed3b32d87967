import { days } from '@pairgate/protocol'
import type { PairedRow, PendingRow, TokenRow } from '@pairgate/protocol/wire'
import { formatAge, formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, yellow } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import {
  approvalState,
  formatRights,
  formatStatus,
  pairedName,
  pendingName,
} from '../pairing/describe-request.ts'
import { shortIds } from '../pairing/find-by-prefix.ts'
import { formatTokenEnd } from '../pairing/token-end.ts'
import { systemNow } from '../platform/system-clock.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { type PageFlags, readShownList, type ShownList } from './read-device-page.ts'

export type ListOptions = CommonOptions & PageFlags

export async function listDevices(options: ListOptions): Promise<void> {
  const list = await withLink(linkFor(options, 'device.pair.list'), (link) => readShownList(link, options))
  if (options.json) printJson(list)
  else process.stdout.write(`${formatList(list, terminalWidth(process.env), systemNow())}\n`)
}

/** Both sections as text, each only when it has rows, and all ids in full below. */
export function formatList({ pending, paired, total }: ShownList, width: number, now: number): string {
  if (pending.length === 0 && paired.length === 0) return 'No device pairing entries.'
  const sections = [
    ...(pending.length > 0 ? [pendingSection(pending, paired, { width, now })] : []),
    ...(paired.length > 0 ? [pairedSection(paired, { width, now })] : []),
    ...(pending.length > 0 ? [fullRequestIds(pending)] : []),
    fullDeviceIds(pending, paired),
    ...renewalWarning(paired, now),
    ...(total !== undefined && total > paired.length
      ? [`${paired.length} of ${total} devices are shown.`]
      : []),
  ]
  return sections.join('\n\n')
}

function pendingSection(
  pending: readonly PendingRow[],
  paired: readonly PairedRow[],
  { width, now }: { readonly width: number; readonly now: number },
): string {
  const ids = shortIds(pending.map((row) => row.requestId))
  const byId = new Map(paired.map((row) => [row.deviceId, row]))
  const rows = pending.map((row, index) => {
    const known = byId.get(row.deviceId)
    const state = approvalState(row, known)
    const name = known && row.displayName === undefined ? pairedName(known) : pendingName(row)
    return [
      cleanText(ids[index] ?? row.requestId),
      row.remoteIp === undefined ? name : `${name} · ${cleanText(row.remoteIp)}`,
      formatRights(state.requested),
      formatRights(state.approved),
      formatAge(row.ts, now),
      formatStatus(row, state),
    ]
  })
  const head = ['Request', 'Device', 'Requested', 'Approved', 'Age', 'Status']
  return `${bold(`Pending (${pending.length})`)}\n${formatTable(head, rows, width)}`
}

function pairedSection(
  paired: readonly PairedRow[],
  { width, now }: { readonly width: number; readonly now: number },
): string {
  const ids = shortIds(paired.map((row) => row.deviceId))
  const rows = paired.map((row, index) => [
    pairedName(row),
    cleanText(ids[index] ?? row.deviceId),
    cleanText(row.roles.join(', ') || 'none'),
    cleanText(row.scopes.join(', ') || 'none', 1_000),
    formatTokens(row, now),
    formatSessions(row),
    cleanText(row.remoteIp ?? ''),
  ])
  const head = ['Device', 'Device ID', 'Roles', 'Scopes', 'Tokens', 'Session', 'IP']
  return `${bold(`Paired (${paired.length})`)}\n${formatTable(head, rows, width)}`
}

/** `operator (in 29d, in 7d if unused), node (revoked)`: when it ends, or that it has. */
export function formatTokens({ tokens }: PairedRow, now: number): string {
  const shown = tokens.map((token) => {
    const { role, revokedAtMs, expiresAtMs, idleExpiresAtMs } = token
    if (revokedAtMs !== undefined) return `${role} (revoked)`
    const isEndless = expiresAtMs === undefined && idleExpiresAtMs === undefined
    return isEndless ? role : `${role} (${formatTokenEnd(token, now)})`
  })
  return cleanText(shown.join(', ') || 'none')
}

/** The sessions that its tokens open: `work`, or `*` for all. */
function formatSessions({ tokens }: PairedRow): string {
  const open = tokens.filter(({ revokedAtMs }) => revokedAtMs === undefined)
  return cleanText([...new Set(open.flatMap(({ session }) => session ?? []))].join(', '))
}

/** How long before its deadline a token is warned about. */
const WARNED_AHEAD = days(7)

function renewalWarning(paired: readonly PairedRow[], now: number): readonly string[] {
  const ids = shortIds(paired.map((row) => row.deviceId))
  const lines = paired.flatMap((row, index) =>
    row.tokens
      .filter((token) => endsSoon(token, now))
      .map(({ role, expiresAtMs }) => {
        const ends = formatExpiry(expiresAtMs, now)
        const command = `openclaw devices extend ${cleanText(ids[index] ?? row.deviceId)} --role ${cleanText(role)}`
        return `  ${pairedName(row)} (${cleanText(role)}) ends ${ends}: ${command} --expires 30d`
      }),
  )
  return lines.length === 0 ? [] : [[yellow(bold('Tokens that end within a week')), ...lines].join('\n')]
}

function endsSoon({ revokedAtMs, expiresAtMs }: TokenRow, now: number): boolean {
  if (revokedAtMs !== undefined || expiresAtMs === undefined) return false
  return expiresAtMs > now && expiresAtMs - now <= WARNED_AHEAD
}

function fullRequestIds(pending: readonly PendingRow[]): string {
  const lines = pending.map((row) => `  ${cleanText(row.requestId)}  ${pendingName(row)}`)
  return [bold('Full request IDs'), ...lines].join('\n')
}

function fullDeviceIds(pending: readonly PendingRow[], paired: readonly PairedRow[]): string {
  const names = new Map<string, string>()
  for (const row of pending) names.set(row.deviceId, pendingName(row))
  for (const row of paired) names.set(row.deviceId, pairedName(row))
  const lines = [...names].map(([id, name]) => `  ${cleanText(id)}  ${name}`)
  return [bold('Full device IDs'), ...lines].join('\n')
}
