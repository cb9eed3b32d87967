import { setTimeout as sleep } from 'node:timers/promises'
import type { Connection } from '@pairgate/client'
import type { InvitationPayload, InvitationRow, InviteResult, PendingRow } from '@pairgate/protocol/wire'
import { CommandError, mayPass } from '../output/command-error.ts'
import { createCandidateDesk } from '../pairing/candidate-desk.ts'
import { pairedName } from '../pairing/describe-request.ts'
import type { Interrupts } from '../platform/interrupts.ts'
import { oneAtATime } from '../platform/one-at-a-time.ts'
import { systemNow } from '../platform/system-clock.ts'
import { canAsk } from '../platform/terminal.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import type { InviteReport, JoinedFacts } from './invite-report.ts'
import { PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

export interface Waiting {
  readonly options: CommonOptions
  readonly report: InviteReport
  readonly interrupts: Interrupts
}

const RETRY_MS = 1_000
/** The gateway says itself when an invitation is over; this is for one that does not. */
const GRACE_MS = 2_000

/**
 * Resolves when a device has joined. A gateway that goes away meanwhile is waited for, and asked what
 * became of the invitation.
 * @throws CommandError when the invitation has run out or was cancelled; the signal's reason.
 */
export async function waitForDevice(made: InviteResult, waiting: Waiting): Promise<void> {
  const { options, report, interrupts } = waiting
  for (;;) {
    try {
      const ended = await withLink(linkFor(options, 'device.pair.invitations'), async (link) => {
        const row = await watch(link, made, waiting)
        return row?.state === 'redeemed' ? whoJoined(link, row) : row
      })
      if (ended) return settle(ended, report)
    } catch (error) {
      if (interrupts.signal.aborted || !mayPass(error)) throw error
    }
    report.away()
    await sleep(RETRY_MS, undefined, { signal: interrupts.signal })
  }
}

function settle(ended: InvitationRow | JoinedFacts, report: InviteReport): void {
  report.stop()
  if (!('state' in ended)) return report.joined(ended)
  const isCancelled = ended.state === 'cancelled'
  throw new CommandError(
    isCancelled ? 'The invitation was cancelled.' : 'The invitation has run out: no device has joined.',
    { next: ['Make another one: openclaw pair'] },
  )
}

/** @returns the invitation once it is over, or `undefined` when the connection ended before. */
async function watch(
  link: GatewayLink,
  made: InviteResult,
  { options, report, interrupts }: Waiting,
): Promise<InvitationRow | undefined> {
  const connection = await link.connection(PAIRING_SCOPES)
  const over = Promise.withResolvers<InvitationRow | undefined>()
  const desk = createCandidateDesk({
    asks: canAsk() && !options.json,
    report,
    interrupts,
    confirm: (requestId) => confirm(link, made.id, requestId),
    reject: (requestId) => reject(link, requestId),
    onFailure: over.reject,
  })
  const look = oneAtATime(async () => {
    const row = await readInvitation(link, made.id)
    if (row.state !== 'open') return over.resolve(row)
    desk.show(row.candidates.length === 0 ? [] : await readCandidates(link, row))
  })
  const again = (): void => void look().catch(over.reject)
  const stop = listen(connection, made, again)
  // The signal may have come before anybody listened.
  if (interrupts.signal.aborted) over.reject(interrupts.signal.reason)
  interrupts.signal.addEventListener('abort', () => over.reject(interrupts.signal.reason), { once: true })
  void connection.closed.then(() => over.resolve(undefined))
  try {
    again()
    return await over.promise
  } finally {
    stop()
    desk.close()
  }
}

/** Everything that is told about the invitation leads to another look at it. */
function listen(connection: Connection, { id, expiresAtMs }: InviteResult, again: () => void): () => void {
  const forget = connection.onEvent(({ event, payload }) => {
    const about = Object(payload) as Partial<InvitationPayload>
    if (event === 'device.pair.resolved' || (event === 'device.pair.invitation' && about.id === id)) again()
  })
  const left = Math.max(0, expiresAtMs - systemNow())
  const timer = setTimeout(again, left + GRACE_MS)
  return () => {
    clearTimeout(timer)
    forget()
  }
}

async function readInvitation(link: GatewayLink, id: string): Promise<InvitationRow> {
  const { invitations } = await link.request('device.pair.invitations', {}, PAIRING_SCOPES)
  const row = invitations.find((one) => one.id === id)
  if (row) return row
  throw new CommandError('The gateway does not know the invitation any more.', {
    next: ['Make another one: openclaw pair'],
  })
}

/** With all that is known of their requests; who may not list those is shown what the invitation says. */
export async function readCandidates(link: GatewayLink, row: InvitationRow): Promise<readonly PendingRow[]> {
  const { pending } = await readPairList(link)
  const { role, roles, scopes } = row
  return row.candidates.map(
    (candidate) =>
      pending.find(({ requestId }) => requestId === candidate.requestId) ?? {
        ...candidate,
        publicKey: '',
        role,
        roles,
        scopes,
        silent: false,
        isRepair: false,
        ts: systemNow(),
      },
  )
}

async function confirm(link: GatewayLink, id: string, requestId: string): Promise<void> {
  await link.request('device.pair.confirm', { id, requestId }, PAIRING_SCOPES)
}

async function reject(link: GatewayLink, requestId: string): Promise<void> {
  await link.request('device.pair.reject', { requestId }, PAIRING_SCOPES)
}

/** The device that has joined, as far as the caller may see it. */
async function whoJoined(link: GatewayLink, row: InvitationRow): Promise<JoinedFacts> {
  const { redeemedBy: deviceId = '', role, scopes, session } = row
  const device = (await readPairList(link)).paired.find((one) => one.deviceId === deviceId)
  const token = device?.tokens.find((one) => one.role === role)
  return {
    deviceId,
    displayName: device && pairedName(device),
    role,
    scopes: token?.scopes ?? scopes,
    session: token?.session ?? session,
    tokenExpiresAtMs: token?.expiresAtMs,
  }
}
