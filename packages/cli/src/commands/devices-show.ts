import type { DeviceEvent, DevicePairList, PairedRow, TokenRow } from '@pairgate/protocol/wire'
import { actorText, changeText, timeText } from '../audit/describe-event.ts'
import { formatAge } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { formatRights, pairedName, requestLines, wordsOf } from '../pairing/describe-request.ts'
import { formatTokenEnd } from '../pairing/token-end.ts'
import { systemNow } from '../platform/system-clock.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { findDevice, findRequest, PAIRING_SCOPES, readPairList, tooShort } from './read-pair-list.ts'

/** Older events are in the audit. */
const TOLD = 10

/** Shows a device or a request: both have ids that begin alike, and people paste either. */
export async function showDevice(id: string, options: CommonOptions): Promise<void> {
  await withLink(linkFor(options, 'device.pair.list'), async (link) => {
    const list = await readPairList(link)
    const request = findRequest(list.pending, id)
    if (!request) return showPaired(link, list, id, options)
    const device = list.paired.find(({ deviceId }) => deviceId === request.deviceId)
    if (options.json) printJson({ request, device: device ?? null })
    else print(requestLines(request, device, systemNow()))
  })
}

async function showPaired(
  link: GatewayLink,
  { pending, paired }: DevicePairList,
  id: string,
  options: CommonOptions,
): Promise<void> {
  const device = findDevice(paired, id)
  if (!device) {
    throw new CommandError(`No device and no request matches "${id}".`, {
      next: [...tooShort(id), 'Look it up with: openclaw devices list'],
    })
  }
  const now = systemNow()
  const open = pending.filter(({ deviceId }) => deviceId === device.deviceId)
  const history = await readHistory(link, device.deviceId)
  if (options.json) return printJson({ device, pending: open, history: history ?? null })
  print([
    ...deviceLines(device, now),
    ...(history ?? []).map((event) => `History:     ${eventLine(event)}`),
    ...open.flatMap((row) => ['', ...requestLines(row, device, now)]),
  ])
}

/** The newest events; `undefined` from a gateway that tells none. */
async function readHistory(link: GatewayLink, deviceId: string): Promise<readonly DeviceEvent[] | undefined> {
  const { features } = await link.greet(PAIRING_SCOPES)
  if (!features.methods.includes('device.history')) return undefined
  return (await link.request('device.history', { deviceId, limit: TOLD }, PAIRING_SCOPES)).events
}

function eventLine(event: DeviceEvent): string {
  const { at, kind } = event
  const change = changeText(event)
  return `${timeText(at)}  ${cleanText(kind)} by ${actorText(event)}${change && `; ${change}`}`
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`)
}

function deviceLines(row: PairedRow, now: number): readonly string[] {
  const seen = row.lastSeenAtMs === undefined ? 'never' : formatAge(row.lastSeenAtMs, now)
  return [
    `Device:      ${pairedName(row)}`,
    `Own name:    ${cleanText(row.displayName ?? 'none')}`,
    `Device ID:   ${cleanText(row.deviceId)}`,
    `Fingerprint: ${wordsOf(row.deviceId)}`,
    `Platform:    ${cleanText([row.platform, row.deviceFamily, row.clientId].filter(Boolean).join(' · ') || 'unknown')}`,
    `Approved:    ${formatRights(row)}`,
    `             ${formatAge(row.approvedAtMs, now)} via ${cleanText(row.approvedVia)}${approver(row)}`,
    `IP:          ${cleanText(row.remoteIp ?? 'unknown')}`,
    `Seen:        ${row.connected ? 'connected now' : seen}`,
    ...row.tokens.map((token) => `Token:       ${tokenLine(token, now)}`),
  ]
}

function approver({ approvedBy }: PairedRow): string {
  return approvedBy === undefined ? '' : ` by ${cleanText(approvedBy)}`
}

function tokenLine(token: TokenRow, now: number): string {
  const parts = [
    formatRights({ roles: [token.role], scopes: token.scopes }),
    ...(token.session === undefined ? [] : [`session ${cleanText(token.session)}`]),
    token.revokedAtMs === undefined
      ? `expires ${formatTokenEnd(token, now)}`
      : `revoked ${formatAge(token.revokedAtMs, now)}`,
    token.lastUsedAtMs === undefined ? 'not used yet' : `used ${formatAge(token.lastUsedAtMs, now)}`,
  ]
  return parts.join('; ')
}
