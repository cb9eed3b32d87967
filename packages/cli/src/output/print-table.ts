import Table from 'cli-table3'
import { displayWidth, wrapText } from './wrap-text.ts'

const NARROWEST_COLUMN = 8
/** A border and a space on both sides of each cell. */
const EDGES_PER_COLUMN = 3

/** A box-drawing table that fits into `width` columns; cells wrap rather than being cut. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = fitWidths([head, ...rows], width)
  const table = new Table({ head: wrapRow(head, widths), style: { head: [], border: [] } })
  table.push(...rows.map((row) => wrapRow(row, widths)))
  return table.toString()
}

/** The widest column gives way first, so that short ones like an age stay on one line. */
export function fitWidths(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(1, ...rows.map((row) => displayWidth(row[column] ?? ''))),
  )
  const room = width - EDGES_PER_COLUMN * columns - 1
  let excess = widths.reduce((sum, each) => sum + each, 0) - room
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const current = widths[widest] ?? 0
    if (current <= NARROWEST_COLUMN) break
    widths[widest] = current - 1
    excess -= 1
  }
  return widths
}

function wrapRow(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, column) => wrapText(cell, widths[column] ?? NARROWEST_COLUMN).join('\n'))
}
