import { cleanText } from '../output/clean-text.ts'
import { printJson } from '../output/print-json.ts'
import { withLink } from '../target/gateway-link.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

const ADMIN_SCOPES = ['operator.admin'] as const

export interface CreateOptions extends CommonOptions {
  readonly label?: string
}
export interface RenameSessionOptions extends CommonOptions {
  /** `false` for `--no-label`. */
  readonly label?: string | false
}
export interface DeleteOptions extends CommonOptions {
  readonly revokeTokens?: boolean
}

export async function createSession(key: string, options: CreateOptions): Promise<void> {
  const { label } = options
  const result = await withLink(linkFor(options, 'sessions.create'), (link) =>
    link.request('sessions.create', { key, ...(label !== undefined && { label }) }, ADMIN_SCOPES),
  )
  tell(result, `Made session ${result.session.key}`, options)
}

export async function renameSession(
  key: string,
  newKey: string | undefined,
  options: RenameSessionOptions,
): Promise<void> {
  const label = options.label === false ? null : options.label
  const change = { ...(newKey !== undefined && { newKey }), ...(label !== undefined && { label }) }
  const result = await withLink(linkFor(options, 'sessions.patch'), (link) =>
    link.request('sessions.patch', { key, ...change }, ADMIN_SCOPES),
  )
  const { session } = result
  tell(result, `Renamed ${key} → ${session.key}${session.label ? ` (${session.label})` : ''}`, options)
}

export async function deleteSession(key: string, options: DeleteOptions): Promise<void> {
  const { revokeTokens } = options
  const result = await withLink(linkFor(options, 'sessions.delete'), (link) =>
    link.request('sessions.delete', { key, ...(revokeTokens && { revokeTokens }) }, ADMIN_SCOPES),
  )
  const tokens = result.revokedTokens === 0 ? '' : `, and revoked ${result.revokedTokens} token(s)`
  tell(result, `Deleted session ${result.key}${tokens}`, options)
}

function tell(result: unknown, text: string, { json }: CommonOptions): void {
  if (json) printJson(result)
  else process.stdout.write(`${cleanText(text)}\n`)
}
