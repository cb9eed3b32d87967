import { days, hours, minutes, seconds } from '@pairgate/protocol'

const UNITS = [
  { name: 'd', length: days(1) },
  { name: 'h', length: hours(1) },
  { name: 'm', length: minutes(1) },
  { name: 's', length: seconds(1) },
] as const

/** A length of time in its largest whole unit: `4m`. */
export function formatSpan(ms: number): string {
  const unit = UNITS.find(({ length }) => ms >= length)
  return unit ? `${Math.floor(ms / unit.length)}${unit.name}` : '0s'
}

/** How long ago something was: `4m ago`. Clocks of two machines differ, so the future is "just now". */
export function formatAge(then: number, now: number): string {
  return now - then < seconds(1) ? 'just now' : `${formatSpan(now - then)} ago`
}

/** When something ends: `in 4m`, `expired`, or `never` when it has no end. */
export function formatExpiry(expiresAt: number | undefined, now: number): string {
  if (expiresAt === undefined) return 'never'
  if (expiresAt <= now) return 'expired'
  // Told to a fiftieth: what was given 30d this morning is told as 30d. What still stands is never told as 0s.
  return `in ${formatSpan(Math.max(((expiresAt - now) * 51) / 50, seconds(1)))}`
}
