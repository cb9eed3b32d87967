import { hours, parseDuration, seconds } from '@pairgate/protocol'
import type { InviteResult } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { type Interrupts, withInterrupts } from '../platform/interrupts.ts'
import { withLink } from '../target/gateway-link.ts'
import { readDuration, readScopes } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { createInviteReport } from './invite-report.ts'
import { PAIRING_SCOPES } from './read-pair-list.ts'
import { waitForDevice } from './wait-for-device.ts'

export interface InviteOptions extends CommonOptions {
  readonly role?: string
  readonly scope?: readonly string[]
  readonly session?: string
  readonly expires?: string
  readonly label?: string
  readonly ttl?: string
  readonly confirm?: boolean
  /** Undefined when neither `--qr` nor `--no-qr` was given: where it can be seen. */
  readonly qr?: boolean
  readonly wait?: boolean
}

/** Makes an invitation, shows it in all its forms, and waits until a device has joined with it. */
export async function inviteDevice(options: InviteOptions): Promise<void> {
  const { order, scopes } = readOrder(options)
  const report = createInviteReport(options)
  await withInterrupts(async (interrupts) => {
    const made = await withLink(linkFor(options, 'device.pair.invite'), (link) =>
      link.request('device.pair.invite', { ...order, withCode: true }, scopes),
    )
    report.invitation(made)
    if (options.wait === false) return
    try {
      await waitForDevice(made, { options, report, interrupts })
    } catch (error) {
      report.stop()
      // Whoever leaves does not want anybody to join behind their back.
      if (interrupts.signal.aborted) throw await cancelInvitation(made, options, interrupts)
      throw error
    }
    report.stop()
  })
}

function readOrder(options: InviteOptions) {
  const { role: word, scope, session, expires, label, ttl, confirm } = options
  const role = readRole(word ?? 'operator')
  const scopes = scope && [...readScopes(scope)]
  const order = {
    role,
    ...(scopes && { scopes }),
    ...(session !== undefined && { session }),
    ...(expires !== undefined && { tokenTtlMs: readDuration(expires) }),
    ...(label !== undefined && { label }),
    ...(ttl !== undefined && { ttlMs: readTtl(ttl) }),
    ...(confirm && { confirm }),
  }
  const needed = role === 'node' ? ['operator.admin'] : (scopes ?? ['operator.read'])
  return { order, scopes: [...PAIRING_SCOPES, ...needed] }
}

const TTL = { shortest: seconds(10), longest: hours(24) }

/** @throws CommandError for what is no length of time, or none that an invitation may have. */
function readTtl(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= TTL.shortest && ms <= TTL.longest) return ms
  throw new CommandError(`Invalid --ttl. Use a time from 10s to 24h, e.g. --ttl 30m. Received: "${text}".`)
}

/** For who leaves before anybody has come. */
export async function cancelInvitation(
  { id }: InviteResult,
  options: CommonOptions,
  { exitCode }: Interrupts,
): Promise<CommandError> {
  try {
    await withLink(linkFor(options, 'device.pair.cancelInvitation'), (link) =>
      link.request('device.pair.cancelInvitation', { id }, PAIRING_SCOPES),
    )
    const message = 'The invitation was cancelled: nobody can join with it any more.'
    return new CommandError(message, { exitCode: exitCode() })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return new CommandError('The invitation could not be cancelled, and stays open until it runs out.', {
      next: [`Reason: ${why}`, `Try: openclaw pair cancel ${id}`],
      exitCode: exitCode(),
    })
  }
}
