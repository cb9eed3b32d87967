import type { DevicePairList, PairedRow, PendingRow } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { pairedName, pendingName } from '../pairing/describe-request.ts'
import { ambiguousId, findByPrefix, isCompleteId, SHORTEST_PREFIX } from '../pairing/find-by-prefix.ts'
import type { GatewayLink } from '../target/gateway-link.ts'

/** What listing, and every change that needs no more, asks for. */
export const PAIRING_SCOPES = ['operator.pairing'] as const

export function readPairList(link: GatewayLink): Promise<DevicePairList> {
  return link.request('device.pair.list', {}, PAIRING_SCOPES)
}

/** The open request that a typed id means, if it is in the list. */
export function findRequest(pending: readonly PendingRow[], typed: string): PendingRow | undefined {
  const found = findByPrefix(pending, (row) => row.requestId, typed)
  if (found.kind === 'many')
    throw ambiguousId(typed, found.rows, (row) => `${row.requestId}  ${pendingName(row)}`)
  return found.kind === 'one' ? found.row : undefined
}

/** The paired device that a typed id means, if it is in the list. */
export function findDevice(paired: readonly PairedRow[], typed: string): PairedRow | undefined {
  const found = findByPrefix(paired, (row) => row.deviceId, typed)
  if (found.kind === 'many')
    throw ambiguousId(typed, found.rows, (row) => `${row.deviceId}  ${pairedName(row)}`)
  return found.kind === 'one' ? found.row : undefined
}

/**
 * A whole id goes out as it is, for the gateway to judge: not everybody may list what he may change.
 * @throws CommandError when a beginning fits nothing, or several.
 */
export async function resolveRequestId(link: GatewayLink, typed: string): Promise<string> {
  if (isCompleteId(typed)) return typed
  const row = findRequest((await readPairList(link)).pending, typed)
  if (row) return row.requestId
  throw new CommandError('unknown requestId', { next: listAdvice('request', typed) })
}

/** As `resolveRequestId`, for paired devices. */
export async function resolveDeviceId(link: GatewayLink, typed: string): Promise<string> {
  if (isCompleteId(typed)) return typed
  const row = findDevice((await readPairList(link)).paired, typed)
  if (row) return row.deviceId
  throw new CommandError('unknown deviceId', { next: listAdvice('device', typed) })
}

/** What to do when a typed id fits nothing. */
export function listAdvice(kind: 'request' | 'device', typed: string): readonly string[] {
  return [...tooShort(typed), `No ${kind} matches "${typed}". Look it up with: openclaw devices list`]
}

/** Whoever types less than is needed is not told by "no match" alone. */
export function tooShort(typed: string): readonly string[] {
  return typed.length < SHORTEST_PREFIX
    ? [`At least the first ${SHORTEST_PREFIX} letters of an id are needed.`]
    : []
}
