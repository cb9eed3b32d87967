import { terminalWidth } from '../platform/terminal.ts'
import { largeDigits } from './large-digits.ts'
import { bold } from './paint.ts'

/** Large digits and an empty line for a person; nothing where there is no terminal, or no room on it. */
export function digitLines(text: string): readonly string[] {
  if (!process.stdout.isTTY) return []
  const lines = largeDigits(text)
  const width = Math.max(...lines.map((line) => line.length))
  return width > terminalWidth(process.env) ? [] : [...lines.map(bold), '']
}
