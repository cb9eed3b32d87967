import type { InvitationRow } from '@pairgate/protocol/wire'
import { formatAge, formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { green } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { formatTable } from '../output/print-table.ts'
import { requestLines } from '../pairing/describe-request.ts'
import { ambiguousId, findByPrefix, isCompleteId, shortIds } from '../pairing/find-by-prefix.ts'
import { systemNow } from '../platform/system-clock.ts'
import { terminalWidth } from '../platform/terminal.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { agree } from './agree.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { PAIRING_SCOPES, tooShort } from './read-pair-list.ts'
import { readCandidates } from './wait-for-device.ts'

export interface ConfirmOptions extends CommonOptions {
  readonly yes?: boolean
}

export interface ListOptions extends CommonOptions {
  readonly all?: boolean
}

/** Those that can still be used, or wait for somebody; with `--all` also those that ended within the last day. */
export async function listInvitations(options: ListOptions): Promise<void> {
  const list = await withLink(linkFor(options, 'device.pair.invitations'), (link) =>
    link.request('device.pair.invitations', {}, PAIRING_SCOPES),
  )
  const shown = options.all ? list.invitations : list.invitations.filter(isOpen)
  if (options.json) return printJson({ invitations: shown })
  process.stdout.write(`${formatInvitations(shown)}\n`)
  const ended = list.invitations.length - shown.length
  if (ended > 0) process.stdout.write(`${ended} ended within the last day: openclaw pair list --all\n`)
}

function isOpen({ state, candidates }: InvitationRow): boolean {
  return state === 'open' || candidates.length > 0
}

function formatInvitations(rows: readonly InvitationRow[]): string {
  if (rows.length === 0) return 'No open invitations.'
  const ids = shortIds(rows.map(({ id }) => id))
  const now = systemNow()
  const head = ['Invitation', 'For', 'Gives', 'State', 'Made', 'Expires']
  const cells = rows.map((row, at) => [
    ids[at] ?? row.id,
    cleanText(row.label ?? (row.claim ? 'the first owner' : 'any device')),
    cleanText(`${row.roles.join(', ')}: ${row.scopes.join(', ') || 'no scopes'}`, 500),
    stateOf(row),
    formatAge(row.createdAtMs, now),
    row.state === 'open' ? formatExpiry(row.expiresAtMs, now) : '',
  ])
  return formatTable(head, cells, terminalWidth(process.env))
}

function stateOf({ state, candidates, redeemedBy }: InvitationRow): string {
  if (redeemedBy !== undefined) return `joined: ${cleanText(redeemedBy).slice(0, 8)}`
  if (candidates.length === 0) return state
  return candidates.length === 1 ? 'to be confirmed' : `${candidates.length} to be confirmed`
}

export async function cancelInvitation(typed: string, options: CommonOptions): Promise<void> {
  const result = await withLink(linkFor(options, 'device.pair.cancelInvitation'), async (link) => {
    const id = isCompleteId(typed) ? typed : (await findInvitation(link, typed)).id
    return link.request('device.pair.cancelInvitation', { id }, PAIRING_SCOPES)
  })
  if (options.json) printJson(result)
  else process.stdout.write(`Cancelled ${cleanText(result.id)}\n`)
}

/** Lets a candidate in, after a look at it: a person compares the words, a program says `--yes`. */
export async function confirmInvitation(
  typed: string,
  candidate: string | undefined,
  options: ConfirmOptions,
): Promise<void> {
  const result = await withLink(linkFor(options, 'device.pair.confirm'), async (link) => {
    const row = await findInvitation(link, typed)
    const meant = chooseCandidate(await readCandidates(link, row), candidate, row.id)
    const lines = [
      'Compare the six words with what the device shows:',
      '',
      ...requestLines(meant, undefined, systemNow()),
    ]
    const question = 'Does the device show the same six words, and may it have this?'
    await agree('Nothing was confirmed.', 'Let it in', lines, { ...options, question })
    return link.request('device.pair.confirm', { id: row.id, requestId: meant.requestId }, PAIRING_SCOPES)
  })
  if (options.json) printJson(result)
  else
    process.stdout.write(
      `${green('Let in')} ${cleanText(`${result.device.deviceId} (${result.requestId})`)}\n`,
    )
}

type Candidates = Awaited<ReturnType<typeof readCandidates>>

function chooseCandidate(rows: Candidates, typed: string | undefined, id: string): Candidates[number] {
  const found = typed === undefined ? rows : foundRows(rows, typed)
  const [first, ...others] = found
  if (first && others.length === 0) return first
  if (!first) {
    throw new CommandError('No device stands under this invitation, or not the one that is meant.', {
      next: ['See who does: openclaw pair list'],
    })
  }
  throw new CommandError(`${found.length} devices brought this invitation; only one of them is yours.`, {
    next: found.flatMap((row) => [
      '',
      ...requestLines(row, undefined, systemNow()),
      `To let it in: openclaw pair confirm ${id} ${row.requestId}`,
    ]),
  })
}

function foundRows(rows: Candidates, typed: string): Candidates {
  const found = findByPrefix(rows, (row) => row.requestId, typed)
  if (found.kind === 'many') return found.rows
  return found.kind === 'one' ? [found.row] : []
}

async function findInvitation(link: GatewayLink, typed: string): Promise<InvitationRow> {
  const { invitations } = await link.request('device.pair.invitations', {}, PAIRING_SCOPES)
  const found = findByPrefix(invitations, (row) => row.id, typed)
  if (found.kind === 'many')
    throw ambiguousId(typed, found.rows, (row) => `${row.id}  ${row.label ?? row.state}`)
  if (found.kind === 'one') return found.row
  throw new CommandError(`No invitation matches "${cleanText(typed)}".`, {
    next: [...tooShort(typed), 'Look it up with: openclaw pair list'],
  })
}
