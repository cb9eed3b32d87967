import type { PairedRow, RotateResult } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { isCompleteId } from '../pairing/find-by-prefix.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { readScopes } from './approve-flags.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { findDevice, PAIRING_SCOPES, readPairList } from './read-pair-list.ts'

export interface RevokeOptions extends CommonOptions {
  readonly device: string
  readonly role: string
}

export interface RotateOptions extends RevokeOptions {
  readonly scope?: readonly string[]
  /** False after `--no-scopes`. */
  readonly scopes: boolean
}

export async function rotateToken(options: RotateOptions): Promise<void> {
  const scopes = rotateScopes(options)
  const result = await withLink(linkFor(options, 'device.token.rotate'), async (link) => {
    const { deviceId, row } = await findTokenOwner(link, options)
    const params = { deviceId, role: options.role, ...(scopes && { scopes: [...scopes] }) }
    return link.request('device.token.rotate', params, neededScopes(row, options.role, scopes))
  })
  printJson(withoutSecret(result))
}

export async function revokeToken(options: RevokeOptions): Promise<void> {
  const result = await withLink(linkFor(options, 'device.token.revoke'), async (link) => {
    const { deviceId, row } = await findTokenOwner(link, options)
    return link.request(
      'device.token.revoke',
      { deviceId, role: options.role },
      neededScopes(row, options.role),
    )
  })
  printJson(result)
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
  throw new CommandError('unknown deviceId', {
    next: [`No device matches "${device}". Look it up with: openclaw devices list`],
  })
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
