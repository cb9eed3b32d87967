import { CommandError } from '../output/command-error.ts'

/** @throws CommandError for a text that is no whole number from 1 on. */
export function readCount(text: string): number {
  const count = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new CommandError(`A whole number from 1 on is needed. Received: "${text}".`)
}
