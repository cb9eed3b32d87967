import type { GuestEntry, MigrateStatus } from '@pairgate/protocol/wire'
import { timeText } from '../audit/describe-event.ts'
import { EXIT } from '../exit-codes.ts'
import { formatAge, formatSpan } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { bold, green, yellow } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface StatusOptions extends CommonOptions {
  /** Milliseconds; whoever was not here within them is left out. */
  readonly seen?: number
}

const SCOPES = ['operator.pairing'] as const

/** Says who would be locked out if mode `none` ended now, and ends with 1 if anybody would. */
export async function showMigration({ seen, ...options }: StatusOptions): Promise<void> {
  const told = await withLink(linkFor(options, 'migrate.status'), (link) =>
    link.request('migrate.status', {}, SCOPES),
  )
  const status = seen === undefined ? told : onlySeen(told, seen)
  if (options.json) printJson(status)
  else process.stdout.write(`${formatMigration(status, terminalWidth(process.env))}\n`)
  // Not an error of the command: it has done its work, and this is what it found.
  if (status.wouldBeLockedOut > 0 || status.unlisted > 0) process.exitCode = EXIT.failed
}

function onlySeen(status: MigrateStatus, withinMs: number): MigrateStatus {
  const guests = status.guests.filter(({ lastSeenMs }) => status.nowMs - lastSeenMs <= withinMs)
  return { ...status, guests, wouldBeLockedOut: guests.filter((guest) => guest.wouldBeLockedOut).length }
}

export function formatMigration(status: MigrateStatus, width: number): string {
  const { guests, unlisted } = status
  return [
    [...stageLines(status), '', ...countLines(status)].join('\n'),
    ...(guests.length > 0 ? [guestTable(status, width), detailLines(guests)] : []),
    ...(unlisted > 0
      ? [
          yellow(
            `${unlisted} more visits found no room in this list. Approve or reject some of those above first.`,
          ),
        ]
      : []),
    ...adviceLines(guests),
  ].join('\n\n')
}

function stageLines({ stage, dates, authMode, nowMs }: MigrateStatus): readonly string[] {
  if (stage === null)
    return [`${bold('Auth mode:')} ${cleanText(authMode)}. Nobody is let in without a pairing.`]
  if (dates === null)
    return [
      `${bold('Auth mode:')} none, without an end.`,
      `Set its three dates: openclaw config set gateway.auth.leaveNone '{observe: "<day>", warn: "<day>", enforce: "<day>"}'`,
    ]
  const days = [
    ['observe', dates.observeAtMs],
    ['warn', dates.warnAtMs],
    ['enforce', dates.enforceAtMs],
  ] as const
  const next = days.map(([name, at]) => {
    const when = at > nowMs ? `in ${formatSpan(at - nowMs)}` : `since ${formatSpan(nowMs - at)}`
    return `  ${name.padEnd(8)} ${timeText(at)} UTC (${when})${name === stage ? ' <- now' : ''}`
  })
  const now = stage === 'enforce' ? 'ended: only paired devices get in' : `in stage "${stage}"`
  return [`${bold('Auth mode:')} none, ${now}.`, ...next]
}

function countLines({ pairedDevices, wouldBeLockedOut, guests }: MigrateStatus): readonly string[] {
  const safe = guests.filter(({ state }) => state === 'paired' || state === 'approved').length
  return [
    `Paired devices: ${pairedDevices}`,
    `Let in without a pairing: ${guests.length}, of which ${safe} are paired or approved by now`,
    wouldBeLockedOut === 0
      ? green('Nobody would be locked out today.')
      : yellow(bold(`${wouldBeLockedOut} would be locked out today.`)),
  ]
}

const STATES: Readonly<Record<GuestEntry['state'], string>> = {
  paired: 'paired',
  approved: 'approved',
  narrowed: 'approved for less',
  waiting: 'waits for approval',
  unknown: 'no request',
  'no-identity': 'no device identity',
  'turned-away': 'turned away',
}

function guestTable({ guests, nowMs }: MigrateStatus, width: number): string {
  const rows = guests.map((guest) => [
    nameOf(guest),
    cleanText(guest.remoteIp ?? 'this machine'),
    formatAge(guest.firstSeenMs, nowMs),
    guest.connected ? 'connected' : formatAge(guest.lastSeenMs, nowMs),
    String(guest.connects),
    STATES[guest.state],
    cleanText(guest.requestId?.slice(0, 8) ?? ''),
  ])
  return formatTable(['Client', 'From', 'First', 'Last', 'Times', 'State', 'Request'], rows, width)
}

function nameOf({ displayName, clientId, deviceId }: GuestEntry): string {
  const name = cleanText(displayName ?? clientId ?? 'unnamed')
  return deviceId === undefined ? name : `${name} (${cleanText(deviceId.slice(0, 8))})`
}

/** What each asked for and did, which no table holds. */
function detailLines(guests: readonly GuestEntry[]): string {
  const lines = guests.flatMap((guest) => {
    const did = Object.entries(guest.methods).sort(([, one], [, other]) => other - one)
    const called = did.map(([method, count]) => `${method} ${count}x`).join(', ')
    return [
      `  ${nameOf(guest)}`,
      `    asks for: ${cleanText(guest.roles.join(', '), 100)}; ${cleanText(guest.scopes.join(', ') || 'no scopes', 1_000)}`,
      `    called:   ${cleanText(called || 'nothing', 2_000)}`,
    ]
  })
  return [bold('What they do'), ...lines].join('\n')
}

const ADVICE: Readonly<Partial<Record<GuestEntry['state'], string>>> = {
  waiting: 'Waits for approval: openclaw devices approve <request>, or openclaw devices reject <request>.',
  unknown:
    'No request: it is filed when the client connects again; if too many are open (gateway.limits.pendingPerPeer), decide some first.',
  narrowed:
    'Approved for less than it asks for: it is refused with its token unless it asks for less. Let it ask for less, or approve more.',
  'no-identity':
    'No device identity: it has no key, so it cannot be paired. Update it; a backend of this machine may bring the shared token (gateway.auth.token) instead.',
}

function adviceLines(guests: readonly GuestEntry[]): readonly string[] {
  const states = new Set(guests.map(({ state }) => state))
  const lines = Object.entries(ADVICE).flatMap(([state, text]) =>
    states.has(state as GuestEntry['state']) ? [text] : [],
  )
  return lines.length === 0 ? [] : [lines.join('\n')]
}
