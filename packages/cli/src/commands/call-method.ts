import { parseRole, type Role, SCOPES } from '@pairgate/protocol'
import { METHODS, parseMethod } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { printJson } from '../output/print-json.ts'
import { readStdin } from '../platform/terminal.ts'
import { withLink } from '../target/gateway-link.ts'
import { readScopes } from './approve-flags.ts'
import { type CommonOptions, linkFor } from './common-options.ts'

export interface CallOptions extends CommonOptions {
  readonly role: string
  readonly scope?: readonly string[]
  readonly params?: string
}

/** Calls any method, also one that this build does not know, and prints the payload as it is. */
export async function callMethod(
  method: string,
  argument: string | undefined,
  options: CallOptions,
): Promise<void> {
  const role = readRole(options.role)
  const params = await readParams(argument ?? options.params)
  const scopes = options.scope ? readScopes(options.scope) : scopesOf(method)
  const link = { ...linkFor(options, method), role, preferDevice: true }
  try {
    printJson(await withLink(link, (open) => open.call(method, params, scopes)))
  } catch (error) {
    throw parseMethod(method) ? error : await withGuess(error, method)
  }
}

/** A gateway may know methods that this build does not, so a guess is made only once it has said no. */
async function withGuess(error: unknown, method: string): Promise<unknown> {
  if (!(error instanceof CommandError) || !error.message.startsWith('unknown method')) return error
  const { nearestWord } = await import('@pairgate/gateway/config')
  const near = nearestWord(method, Object.keys(METHODS))
  if (near === undefined) return error
  return new CommandError(error.message, { shape: error.shape, next: [`Did you mean ${near}?`] })
}

/** @throws CommandError for a word that is no role. */
export function readRole(text: string): Role {
  const role = parseRole(text)
  if (role) return role
  throw new CommandError(`Invalid --role. Use "operator" or "node". Received: "${text}".`)
}

/** What a method needs; for one that is not in our table whatever the caller may have. */
export function scopesOf(method: string): readonly string[] {
  const known = parseMethod(method)
  if (!known) return SCOPES
  const { scope } = METHODS[known]
  return scope === 'none' ? [] : [scope]
}

async function readParams(text: string | undefined): Promise<unknown> {
  const json = text === '-' ? await readStdin() : text
  if (json === undefined || json.trim() === '') return {}
  try {
    return JSON.parse(json)
  } catch {
    throw new CommandError('The parameters are no JSON.', {
      next: [`Write them as one argument in single quotes: '{"deviceId":"80d2a226"}'`],
    })
  }
}
