import { parseInstant } from '@pairgate/protocol'
import { CommandError } from '../output/command-error.ts'
import { countOf } from './read-count.ts'

/** @returns milliseconds since the epoch. @throws CommandError for a text that is no such time. */
export function readInstant(text: string): number {
  const instant = parseInstant(text)
  if (instant !== undefined) return instant
  throw new CommandError(
    `A day or a time is needed, such as 2026-01-31 or 2026-01-31T12:00Z. Received: "${text}".`,
  )
}

/** A moment, or the number of an event. */
export type Bound = { readonly before: number } | { readonly beforeSeq: number }

/** @throws CommandError for a text that is neither. */
export function readBound(text: string): Bound {
  return /^\d+$/.test(text) ? { beforeSeq: countOf('--before')(text) } : { before: readInstant(text) }
}
