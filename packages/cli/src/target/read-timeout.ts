import { CommandError } from '../output/command-error.ts'

export const DEFAULT_TIMEOUT_MS = 10_000
/** Longer waits overflow the runtime's timers and would end at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

/** @throws CommandError when the text is no positive number of milliseconds. */
export function readTimeout(text: string): number {
  const ms = Number(text)
  if (/^\d{1,10}$/.test(text) && ms > 0 && ms <= LONGEST_TIMEOUT_MS) return ms
  throw new CommandError(
    `Invalid --timeout. Use a positive millisecond value, e.g. --timeout 30000. Received: "${text}".`,
  )
}
