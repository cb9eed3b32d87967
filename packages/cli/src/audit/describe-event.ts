import type { AuditRow, AuditState } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'

/** Lists of scopes are longer than names, and nobody should have to guess what was cut off. */
const LONGEST = 1_000

/** ISO 8601 in UTC; a row that was tampered with may hold a number that is no time. */
export function isoTime(at: number): string {
  const time = new Date(at)
  return Number.isNaN(time.getTime()) ? String(at) : time.toISOString()
}

/** The same for people, without the `T`. */
export function timeText(at: number): string {
  return isoTime(at).replace(/^(.{10})T(.{8})\.\d+Z$/, '$1 $2')
}

/** Who holds one session is not told of devices that lie in another. */
type Actor = Partial<Pick<AuditRow, 'actor' | 'via' | 'address'>>
type Change = Pick<AuditRow, 'kind' | 'before' | 'after' | 'erased'>

/** `device 80d2a226 · 192.0.2.1`: who it was, and from where. */
export function actorText({ actor, via, address }: Actor): string {
  const who = actor?.replace(/^device:(.{8}).*$/s, 'device $1') ?? 'somebody elsewhere'
  return cleanText([who, address ?? (via === 'websocket' ? undefined : via)].filter(Boolean).join(' · '))
}

/** `operator.read → operator.read, operator.write`: what is different now. */
export function changeText(event: Change): string {
  if (event.erased) return 'details erased'
  const { before, after } = event
  if (before?.fault !== undefined) return cleanText(`event ${before.seq} ${before.fault}`)
  if (after?.count !== undefined) return cleanText(orderText(after))
  const scopes = pair(scopesText(before), scopesText(after))
  const names = [pair(before?.name, after?.name), pair(before?.label, after?.label)]
  const parts = [...names, scopes, ...tokenText(event)]
  return cleanText(parts.filter((part) => part !== '').join('; '), LONGEST)
}

/** Everything that is known of an event, a line each. */
export function eventLines(event: AuditRow): readonly string[] {
  const { seq, epoch, at, kind, actor, via, address, connection } = event
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['Event', `${seq} (epoch ${epoch})`],
    ['Time', isoTime(at)],
    ['Kind', kind],
    ['By', actor],
    ['Way in', via],
    ['Address', event.erased ? 'erased' : (address ?? 'this host')],
    ['Connection', event.erased ? 'erased' : connection],
    ['Device', event.deviceId],
    ['Role', event.role],
    ['Request', event.requestId],
    ['Invitation', event.invitationId],
    ['Token id', event.tokenId],
    ['Session', event.sessionId],
    ['Before', event.erased ? 'erased' : stateText(event.before)],
    ['After', event.erased ? 'erased' : stateText(event.after)],
    ['Seal', event.mac],
  ]
  return lines.flatMap(([name, text]) =>
    text === undefined ? [] : [`${`${name}:`.padEnd(12)}${cleanText(text, LONGEST)}`],
  )
}

/** What else is different about a token that was extended or moved; other events tell it in full elsewhere. */
function tokenText({ kind, before, after }: Change): readonly string[] {
  const ends = (state: AuditState | undefined) =>
    state?.expiresAtMs === undefined ? 'no deadline' : `until ${timeText(state.expiresAtMs)}`
  if (kind === 'token-extended') return [pair(ends(before), ends(after))]
  return kind === 'token-moved' ? [pair(sessionText(before), sessionText(after))] : []
}

function sessionText(state: AuditState | undefined): string | undefined {
  return state?.session && (state.session === '*' ? 'every session' : `session ${state.session}`)
}

function stateText(state: AuditState | undefined): string | undefined {
  if (!state) return undefined
  const { name, label, roles, scopes, session, expiresAtMs, fault, seq, count, mac } = state
  const parts = [
    count === undefined ? undefined : orderText(state),
    name,
    label && `label: ${label}`,
    roles && `roles: ${roles.join(', ')}`,
    scopes && `scopes: ${scopes.join(', ') || 'none'}`,
    session && `session: ${session === '*' ? 'every session' : session}`,
    expiresAtMs === undefined ? undefined : `expires: ${isoTime(expiresAtMs)}`,
    fault && `event ${seq} ${fault}`,
    mac && `seal: ${mac}`,
  ]
  return parts.filter((part) => part !== undefined && part !== '').join('; ') || undefined
}

export function eventsText(count: number | undefined): string {
  return count === 1 ? '1 event' : `${count} events`
}

/** What an order about the log itself was about. */
function orderText({ count, seq, untilMs, mac }: AuditState): string {
  const time = untilMs === undefined ? undefined : isoTime(untilMs)
  const until = time === undefined ? '' : mac === undefined ? `, from before ${time}` : `, of ${time}`
  return `${eventsText(count)} up to ${seq}${until}`
}

function scopesText(state: AuditState | undefined): string | undefined {
  return state?.scopes && (state.scopes.join(', ') || 'no scopes')
}

function pair(before: string | undefined, after: string | undefined): string {
  if (before === after) return before ?? ''
  return `${before ?? '–'} → ${after ?? '–'}`
}
