import type { Instant } from './ids.ts'

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
