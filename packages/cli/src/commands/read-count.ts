import { CommandError } from '../output/command-error.ts'

/** Reads a whole number from 1 on. @param name the flag or argument, as help writes it. */
export function countOf(name: string): (text: string) => number {
  return (text) => {
    const count = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0
    if (Number.isSafeInteger(count) && count > 0) return count
    throw new CommandError(`Invalid ${name}. Use a whole number from 1 on. Received: "${text}".`)
  }
}
