import { terminalWidth } from '../platform/terminal.ts'
import { terminalQr } from './terminal-qr.ts'

/** A QR code and an empty line, or why there is none; nothing where nobody would see it and nobody asked. */
export function qrLines(text: string, wanted: boolean | undefined): readonly string[] {
  const isSeen = process.stdout.isTTY === true
  if (wanted === false || (wanted === undefined && !isSeen)) return []
  const hasColours = isSeen && process.stdout.hasColors()
  const { lines, width } = terminalQr(text, hasColours)
  if (isSeen && width > terminalWidth(process.env)) return ['(The window is too narrow for the QR code.)', '']
  return [...lines, '']
}
