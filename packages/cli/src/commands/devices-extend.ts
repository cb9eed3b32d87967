import type { MethodName, MethodParams } from '@pairgate/protocol/wire'
import { formatExpiry } from '../output/age.ts'
import { cleanText } from '../output/clean-text.ts'
import { CommandError } from '../output/command-error.ts'
import { green } from '../output/paint.ts'
import { printJson } from '../output/print-json.ts'
import { systemNow } from '../platform/system-clock.ts'
import { type GatewayLink, withLink } from '../target/gateway-link.ts'
import { readLifetime } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import { type CommonOptions, linkFor } from './common-options.ts'
import { findTokenOwner, neededScopes, type TokenOwner } from './devices-tokens.ts'

interface TokenOptions extends CommonOptions {
  /** Left out: that of the device's only token. */
  readonly role?: string
}
export interface ExtendOptions extends TokenOptions {
  readonly expires: string
}
export interface MoveOptions extends TokenOptions {
  readonly session: string
}

export async function extendToken(typed: string, options: ExtendOptions): Promise<void> {
  const expiresInMs = readLifetime(options.expires)
  const result = await changeToken(typed, options, 'device.token.extend', { expiresInMs })
  if (options.json) return printJson(result)
  const { expiresAtMs } = result
  const ends =
    expiresAtMs === null ? 'without a deadline' : `expires ${formatExpiry(expiresAtMs, systemNow())}`
  tell('Extended', result, ends)
}

export async function moveToken(typed: string, options: MoveOptions): Promise<void> {
  const { session } = options
  const result = await changeToken(typed, options, 'device.token.move', { session })
  if (options.json) return printJson(result)
  tell('Moved', result, `session ${result.session}`)
}

type Change = Extract<MethodName, 'device.token.extend' | 'device.token.move'>

function changeToken<M extends Change>(
  typed: string,
  options: TokenOptions,
  method: M,
  change: Omit<MethodParams<M>, 'deviceId' | 'role'>,
) {
  const named = options.role === undefined ? undefined : readRole(options.role)
  return withLink(linkFor(options, method), async (link: GatewayLink) => {
    const owner = await findTokenOwner(link, { device: typed })
    const role = named ?? onlyRole(owner)
    const params = { deviceId: owner.deviceId, role, ...change } as MethodParams<M>
    return link.request(method, params, neededScopes(owner.row, role))
  })
}

function onlyRole({ row }: TokenOwner): string {
  const roles = (row?.tokens ?? [])
    .filter(({ revokedAtMs }) => revokedAtMs === undefined)
    .map(({ role }) => role)
  const [only] = roles
  if (only !== undefined && roles.length === 1) return only
  throw new CommandError(
    roles.length === 0 ? 'The device has no token.' : `The device has several tokens: ${roles.join(', ')}.`,
    { next: [roles.length === 0 ? 'Look at it with: openclaw devices show <id>' : 'Name one with --role.'] },
  )
}

function tell(done: string, { deviceId, role }: { deviceId: string; role: string }, how: string): void {
  process.stdout.write(`${green(done)} ${cleanText(`${deviceId} (${role}): ${how}`)}\n`)
}
