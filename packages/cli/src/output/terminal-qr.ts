import { encode } from 'uqr'

export interface TerminalQr {
  readonly lines: readonly string[]
  /** Columns that it takes. */
  readonly width: number
}

/** Black on white of the fixed palette, which no theme changes: scanners want dark on light. */
const DARK_ON_LIGHT = '\u001b[38;5;16;48;5;231m'
const PLAIN = '\u001b[0m'
/** Light modules around it, so that a scanner finds its edges (ISO/IEC 18004 wants four). */
const QUIET_ZONE = 4
const GLYPHS = { neither: ' ', upper: '▀', lower: '▄', both: '█' } as const

/**
 * A QR code of half blocks, two rows of it to a line. Without colours the light parts are drawn, which is
 * right on a dark terminal, and readable for most scanners on a light one.
 */
export function terminalQr(text: string, colours: boolean): TerminalQr {
  const { data } = encode(text, { ecc: 'L', border: QUIET_ZONE })
  const isDrawn = (module: boolean | undefined) => (module ?? false) === colours
  const lines: string[] = []
  for (let row = 0; row < data.length; row += 2) {
    const [upper = [], lower = []] = [data[row], data[row + 1]]
    const line = upper.map((module, column) => glyph(isDrawn(module), isDrawn(lower[column]))).join('')
    lines.push(colours ? `${DARK_ON_LIGHT}${line}${PLAIN}` : line)
  }
  return { lines, width: data.length }
}

function glyph(upper: boolean, lower: boolean): string {
  if (upper) return lower ? GLYPHS.both : GLYPHS.upper
  return lower ? GLYPHS.lower : GLYPHS.neither
}
