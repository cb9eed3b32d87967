import type { Instant } from './ids.ts'

/** A day in UTC, or a moment that says its zone: what another machine would read otherwise is refused. */
const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/

/** @returns the moment, or `undefined` for a text that is none. */
export function parseInstant(text: string): Instant | undefined {
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN
  // JavaScript takes 31 February for a day in March.
  const isDay = isoDay(text.slice(0, 10)) === text.slice(0, 10)
  return instant > 0 && isDay ? (instant as Instant) : undefined
}

function isoDay(day: string): string | undefined {
  const time = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().slice(0, 10)
}

/** Durations are plain milliseconds; these give them a name where they are written. */
export const seconds = (n: number): number => n * 1_000
export const minutes = (n: number): number => n * 60_000
export const hours = (n: number): number => n * 3_600_000
export const days = (n: number): number => n * 86_400_000

/** The instant that lies `durationMs` milliseconds after `instant`. */
export function later(instant: Instant, durationMs: number): Instant {
  return (instant + durationMs) as Instant
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/**
 * Reads what a person writes for a duration: `90s`, `15m`, `12h`, `30d`, `2w`.
 * @returns milliseconds, or `undefined` when the text is no duration or is zero.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^([1-9]\d{0,5})([smhdw])$/.exec(text.trim())
  const unit = UNITS[match?.[2] ?? '']
  return match && unit ? Number(match[1]) * unit : undefined
}
