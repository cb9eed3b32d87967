import { parseDuration, parseScope, SCOPES, type Scope } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'

/** @throws CommandError for a word that is no scope, so that a typo does not silently grant less. */
export function readScopes(texts: readonly string[]): readonly Scope[] {
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const scope = parseScope(text.trim())
      if (scope) return scope
      throw new CommandError(`"${text}" is no scope.`, {
        next: [
          `Scopes: ${SCOPES.join(', ')}.`,
          'Ids and other arguments go before --scope, which takes all that follows.',
        ],
      })
    })
}

/** Milliseconds, or `null` for no deadline. @throws CommandError for what is neither. */
export function readLifetime(text: string): number | null {
  return text === 'never' ? null : readDuration(text, '--expires', ', or never')
}

/** @throws CommandError for what is no length of time. */
export function readDuration(text: string, flag = '--expires', orElse = ''): number {
  const ms = parseDuration(text)
  if (ms !== undefined) return ms
  throw new CommandError(
    `Invalid ${flag}. Use a number with s, m, h, d or w, e.g. ${flag} 30d${orElse}. Received: "${text}".`,
  )
}
