import { minutes, parseDuration, SCOPES, seconds } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { withLink } from '../target/gateway-link.ts'
import { readScopes } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface TokenOptions extends CommonOptions {
  readonly ttl?: string
  readonly audience?: string
  readonly scope?: readonly string[]
  readonly role: string
}

const LONGEST_MS = minutes(60)

/** The token is all that is printed, so that a script can take it as it is. */
export async function printAccessToken({
  ttl,
  audience,
  scope,
  role: roleText,
  ...options
}: TokenOptions): Promise<void> {
  const role = readRole(roleText)
  const scopes = scope && readScopes(scope)
  const params = {
    ...(ttl !== undefined && { ttlMs: readTtl(ttl) }),
    ...(audience !== undefined && { audience }),
    ...(scopes && { scopes: [...scopes] }),
  }
  const method = 'device.token.access'
  const link = { ...linkFor(options, method), role, preferDevice: true, needsDevice: true }
  const made = await withLink(link, (open) => open.request(method, params, scopes ?? SCOPES))
  if (options.json) printJson(made)
  else process.stdout.write(`${made.accessToken}\n`)
}

/** @throws CommandError for what is no length of time, or a longer one than there may be. */
function readTtl(text: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= seconds(1) && ms <= LONGEST_MS) return ms
  throw new CommandError(`Invalid --ttl. Use a time up to 60m, e.g. --ttl 15m. Received: "${text}".`)
}
