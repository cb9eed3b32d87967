import type { ApprovedByRevoked, PairedRow, RotateResult } from '@pairgate/protocol/wire'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { isCompleteId } from '../pairing/find-by-prefix.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { readScopes } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { findDevice, listAdvice, PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

interface TokenOptions extends CommonOptions {
  readonly device: string
  readonly role: string
}

export interface RevokeOptions extends TokenOptions {
  readonly cascade?: boolean
}

export interface RotateOptions extends TokenOptions {
  readonly scope?: readonly string[]
  /** False after `--no-scopes`. */
  readonly scopes: boolean
}

export async function rotateToken(options: RotateOptions): Promise<void> {
  const role = readRole(options.role)
  const scopes = rotateScopes(options)
  const result = await withLink(linkFor(options, 'device.token.rotate'), async (link) => {
    const { deviceId, row } = await findTokenOwner(link, options)
    const params = { deviceId, role, ...(scopes && { scopes: [...scopes] }) }
    return unlessMissing(
      link.request('device.token.rotate', params, neededScopes(row, role, scopes)),
      row,
      role,
    )
  })
  printJson(withoutSecret(result))
}

export async function revokeToken(options: RevokeOptions): Promise<void> {
  const { cascade } = options
  const role = readRole(options.role)
  const result = await withLink(linkFor(options, 'device.token.revoke'), async (link) => {
    const { deviceId, row } = await findTokenOwner(link, options)
    // Devices of others, and nodes among them, are an admin's business.
    const scopes = cascade ? [...PAIRING_SCOPES, 'operator.admin'] : neededScopes(row, role)
    const params = { deviceId, role, ...(cascade && { cascade }) }
    return unlessMissing(link.request('device.token.revoke', params, scopes), row, role)
  })
  printJson(result)
  if (result.standing) tellStanding(result.standing, result.deviceId)
}

/** A gateway denies all alike, as OpenClaw's does; whoever may see the list can be told what is missing. */
async function unlessMissing<T>(change: Promise<T>, row: PairedRow | undefined, role: string): Promise<T> {
  try {
    return await change
  } catch (error) {
    const isThere = !row || row.tokens.some((token) => token.role === role)
    if (isThere || !(error instanceof CommandError)) throw error
    const has = row.tokens.map((token) => cleanText(token.role)).join(', ') || 'none'
    const next = [`The device has no token of the role ${role}; it has: ${has}.`, ...error.next]
    throw new CommandError(error.message, { next, shape: error.shape })
  }
}

/** On stderr, for people: whoever stole the key may have let itself in by another device as well. */
function tellStanding(standing: readonly ApprovedByRevoked[], deviceId: string): void {
  const names = standing.map((each) => cleanText(each.displayName ?? each.deviceId.slice(0, 8)))
  const which = names.length > 5 ? [...names.slice(0, 5), `${names.length - 5} more`] : names
  process.stderr.write(
    `What it had let in still stands: ${which.join(', ')}.\n` +
      `To revoke that as well: openclaw devices revoke --device ${deviceId.slice(0, 8)} --role operator --cascade\n`,
  )
}

function rotateScopes({ scope, scopes }: RotateOptions): readonly string[] | undefined {
  if (!scopes && scope) {
    throw new CommandError('Pass either --scope or --no-scopes, not both.', {
      next: ['Try: openclaw devices rotate --help'],
    })
  }
  return scopes ? scope && readScopes(scope) : []
}

export interface TokenOwner {
  readonly deviceId: string
  readonly row: PairedRow | undefined
}

export async function findTokenOwner(
  link: GatewayLink,
  { device }: Pick<RevokeOptions, 'device'>,
): Promise<TokenOwner> {
  const row = findDevice((await readPairList(link)).paired, device)
  if (row) return { deviceId: row.deviceId, row }
  if (isCompleteId(device)) return { deviceId: device, row: undefined }
  throw new CommandError('unknown deviceId', { next: listAdvice('device', device) })
}

/** As OpenClaw asks (interop fact 3): all that the token holds; admin for other roles and unknown devices. */
export function neededScopes(
  row: PairedRow | undefined,
  role: string,
  wanted?: readonly string[],
): readonly string[] {
  const token = row?.tokens.find((one) => one.role === role)
  if (role !== 'operator' || !token) return [...PAIRING_SCOPES, 'operator.admin']
  return [...new Set([...PAIRING_SCOPES, ...token.scopes, ...(wanted ?? [])])]
}

/**
 * A device that rotates its own token is told the new one. It is not printed: the next connect with the
 * old one fetches it again and stores it where it belongs.
 */
export function withoutSecret(result: RotateResult): Omit<RotateResult, 'token'> {
  const { token: _token, ...shown } = result
  return shown
}
