import type { DevicePairList, PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { formatAge } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold } from '../output/paint.ts'
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
import { systemNow } from '../platform/system-clock.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { readPairList } from './read-pair-list.ts'

export async function listDevices(options: CommonOptions): Promise<void> {
  const list = await withLink(linkFor(options, 'device.pair.list'), readPairList)
  if (options.json) printJson(list)
  else process.stdout.write(`${formatList(list, terminalWidth(process.env), systemNow())}\n`)
}

/** Both sections as text, each only when it has rows, and all ids in full below. */
export function formatList({ pending, paired }: DevicePairList, width: number, now: number): string {
  if (pending.length === 0 && paired.length === 0) return 'No device pairing entries.'
  const sections = [
    ...(pending.length > 0 ? [pendingSection(pending, paired, { width, now })] : []),
    ...(paired.length > 0 ? [pairedSection(paired, width)] : []),
    ...(pending.length > 0 ? [fullRequestIds(pending)] : []),
    fullDeviceIds(pending, paired),
  ]
  return sections.join('\n\n')
}

function pendingSection(
  pending: readonly PendingRow[],
  paired: readonly PairedRow[],
  { width, now }: { readonly width: number; readonly now: number },
): string {
  const ids = shortIds(pending.map((row) => row.requestId))
  const rows = pending.map((row, index) => {
    const state = approvalState(
      row,
      paired.find(({ deviceId }) => deviceId === row.deviceId),
    )
    return [
      cleanText(ids[index] ?? row.requestId),
      row.remoteIp === undefined ? pendingName(row) : `${pendingName(row)} · ${cleanText(row.remoteIp)}`,
      formatRights(state.requested),
      formatRights(state.approved),
      formatAge(row.ts, now),
      formatStatus(row, state),
    ]
  })
  const head = ['Request', 'Device', 'Requested', 'Approved', 'Age', 'Status']
  return `${bold(`Pending (${pending.length})`)}\n${formatTable(head, rows, width)}`
}

function pairedSection(paired: readonly PairedRow[], width: number): string {
  const ids = shortIds(paired.map((row) => row.deviceId))
  const rows = paired.map((row, index) => [
    pairedName(row),
    cleanText(ids[index] ?? row.deviceId),
    cleanText(row.roles.join(', ') || 'none'),
    cleanText(row.scopes.join(', ') || 'none', 1_000),
    formatTokens(row),
    cleanText(row.remoteIp ?? ''),
  ])
  const head = ['Device', 'Device ID', 'Roles', 'Scopes', 'Tokens', 'IP']
  return `${bold(`Paired (${paired.length})`)}\n${formatTable(head, rows, width)}`
}

/** `operator, node (revoked)`. */
export function formatTokens({ tokens }: PairedRow, now: number = systemNow()): string {
  const shown = tokens.map(({ role, revokedAtMs, expiresAtMs }) => {
    if (revokedAtMs !== undefined) return `${role} (revoked)`
    return expiresAtMs !== undefined && expiresAtMs <= now ? `${role} (expired)` : role
  })
  return cleanText(shown.join(', ') || 'none')
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
