import type { DevicePairList } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { withFate } from '../pairing/request-fate.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { PAIRING_SCOPES, readPairList, resolveDeviceId, resolveRequestId } from './read-pair-list.ts'

const LONGEST_LABEL = 64

export interface RenameOptions extends CommonOptions {
  readonly device: string
  readonly name: string
}

export interface ClearOptions extends CommonOptions {
  readonly yes?: boolean
  readonly pending?: boolean
}

export async function rejectRequest(typed: string, options: CommonOptions): Promise<void> {
  const result = await withLink(linkFor(options, 'device.pair.reject'), async (link) => {
    const requestId = await resolveRequestId(link, typed)
    return withFate(link.request('device.pair.reject', { requestId }, PAIRING_SCOPES))
  })
  tell(result, `Rejected ${result.deviceId}`, options)
}

export async function removeDevice(typed: string, options: CommonOptions): Promise<void> {
  const result = await withLink(linkFor(options, 'device.pair.remove'), async (link) => {
    const deviceId = await resolveDeviceId(link, typed)
    return link.request('device.pair.remove', { deviceId }, PAIRING_SCOPES)
  })
  tell(result, `Removed ${result.deviceId}`, options)
}

export async function renameDevice(options: RenameOptions): Promise<void> {
  const label = options.name.trim()
  if (label === '')
    throw new CommandError('label required', { next: ['Pass a name: --name "Kitchen tablet"'] })
  if ([...label].length > LONGEST_LABEL) {
    throw new CommandError(
      `invalid device.pair.rename params: at /label: must not have more than ${LONGEST_LABEL} characters`,
    )
  }
  const result = await withLink(linkFor(options, 'device.pair.rename'), async (link) => {
    const deviceId = await resolveDeviceId(link, options.device)
    return link.request('device.pair.rename', { deviceId, label }, PAIRING_SCOPES)
  })
  tell(result, `Renamed ${result.deviceId} → ${result.label}`, options)
}

export async function clearDevices(options: ClearOptions): Promise<void> {
  if (!options.yes)
    throw new CommandError('Refusing to clear pairing table without --yes', { plainAlways: true })
  const done: Cleared = { removedDevices: [], rejectedPending: [] }
  try {
    await withLink(linkFor(options, 'device.pair.remove'), async (link) => {
      await clearAll(link, await readPairList(link), { withPending: options.pending ?? false, done })
    })
  } catch (error) {
    if (!options.json) tellCleared(done, options)
    throw error
  }
  if (options.json) printJson(done)
  else tellCleared(done, options)
}

interface Cleared {
  readonly removedDevices: string[]
  readonly rejectedPending: string[]
}

interface ClearPlan {
  readonly withPending: boolean
  readonly done: Cleared
}

// Requests first: one that is approved meanwhile would bring its device back.
async function clearAll(
  link: GatewayLink,
  list: DevicePairList,
  { withPending, done }: ClearPlan,
): Promise<void> {
  for (const { requestId } of withPending ? list.pending : []) {
    const gone = await unlessGone(link.request('device.pair.reject', { requestId }, PAIRING_SCOPES))
    if (!gone) done.rejectedPending.push(requestId)
  }
  for (const deviceId of ownLast(list, link.deviceId)) {
    const gone = await unlessGone(link.request('device.pair.remove', { deviceId }, PAIRING_SCOPES))
    if (!gone) done.removedDevices.push(deviceId)
  }
}

/** The device that the command acts as goes last: with it goes the right to remove the others. */
export function ownLast(
  { paired }: Pick<DevicePairList, 'paired'>,
  own: string | undefined,
): readonly string[] {
  const ids = paired.map((row) => row.deviceId)
  return own !== undefined && ids.includes(own) ? [...ids.filter((id) => id !== own), own] : ids
}

// Removing a device takes its requests along, and others may be clearing as well: gone is what was wanted.
async function unlessGone(change: Promise<unknown>): Promise<boolean> {
  try {
    await change
    return false
  } catch (error) {
    if (error instanceof CommandError && /^unknown (?:requestId|deviceId)$/.test(error.message)) return true
    throw error
  }
}

function tellCleared(done: Cleared, options: ClearOptions): void {
  const lines = [
    `Cleared ${done.removedDevices.length} paired device(s)`,
    ...(options.pending ? [`Rejected ${done.rejectedPending.length} pending request(s)`] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

function tell(result: unknown, text: string, { json }: CommonOptions): void {
  if (json) printJson(result)
  else process.stdout.write(`${cleanText(text)}\n`)
}
