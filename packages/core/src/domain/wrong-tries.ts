import { hours, type Instant } from '@pairgate/protocol'

/** Wrong six-digit codes of everybody together, as far as they still count. */
export interface WrongTries {
  readonly count: number
  /** From when on the next one is forgotten an hour later. */
  readonly since: Instant
}

/** From so many on, a right code lets nobody in by itself. */
export const DEMOTED_FROM = 5

const FORGOTTEN_EVERY_MS = hours(1)
/** However long a flood was: a day after its end codes are as they were. */
const MOST_COUNTED = DEMOTED_FROM + 24

/** What is left of them: one is forgotten every hour, from the time of the first. */
export function decayed({ count, since }: WrongTries, now: Instant): WrongTries {
  const forgotten = Math.floor((now - since) / FORGOTTEN_EVERY_MS)
  // A clock that was wrong once must not keep codes demoted for years.
  if (forgotten < 0) return { count, since: now }
  const left = Math.max(0, count - forgotten)
  return { count: left, since: left === 0 ? now : ((since + forgotten * FORGOTTEN_EVERY_MS) as Instant) }
}

export function addWrongTry(tries: WrongTries, now: Instant): WrongTries {
  const { count, since } = decayed(tries, now)
  return { count: Math.min(count + 1, MOST_COUNTED), since }
}

/** As it is kept in the database. */
export function writeWrongTries({ count, since }: WrongTries): string {
  return `${count} ${since}`
}

/** @returns what was kept, or `undefined` for a text that is none. */
export function readWrongTries(text: string): WrongTries | undefined {
  const [count, since] = text.split(' ').map(Number)
  const fits = Number.isSafeInteger(count) && Number.isSafeInteger(since)
  return fits ? { count: Math.min(Number(count), MOST_COUNTED), since: Number(since) as Instant } : undefined
}
