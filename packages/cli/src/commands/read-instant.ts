import { CommandError } from '../output/command-error.ts'
import { readCount } from './read-count.ts'

/** A day in UTC, or a moment that says its zone: what another machine would read otherwise is refused. */
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/

/** @returns milliseconds since the epoch. @throws CommandError for a text that is no such time. */
export function readInstant(text: string): number {
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  // JavaScript takes 31 February for a day in March.
  const isDay = isoDay(text.slice(0, 10)) === text.slice(0, 10)
  if (instant > 0 && isDay) return instant
  throw new CommandError(
    `A day or a time is needed, such as 2026-01-31 or 2026-01-31T12:00Z. Received: "${text}".`,
  )
}

/** A moment, or the number of an event. */
export type Bound = { readonly before: number } | { readonly beforeSeq: number }

/** @throws CommandError for a text that is neither. */
export function readBound(text: string): Bound {
  return /^\d+$/.test(text) ? { beforeSeq: readCount(text) } : { before: readInstant(text) }
}

function isoDay(day: string): string | undefined {
  const time = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().slice(0, 10)
}
