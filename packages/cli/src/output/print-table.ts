import Table from 'cli-table3'
import { displayWidth, wrapText } from './wrap-text.ts'

const NARROWEST_COLUMN = 8
/** A border and a space on both sides of each cell. */
const EDGES_PER_COLUMN = 3
/** Between a name and its cell, where there is no table. */
const GAP = 2

/**
 * A box-drawing table that fits into `width` columns; cells wrap rather than being cut. Where there is no room
 * for all columns side by side, each row stands for itself, a line for each of its cells.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const widths = fitWidths([head, ...rows], width)
  if (fullWidth(widths) > width) return formatRecords(head, rows, width)
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
  let excess = fullWidth(widths) - width
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths))
    const current = widths[widest] ?? 0
    if (current <= NARROWEST_COLUMN) break
    widths[widest] = current - 1
    excess -= 1
  }
  return widths
}

function fullWidth(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + EDGES_PER_COLUMN, 1)
}

function formatRecords(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const nameWidth = Math.max(...head.map(displayWidth)) + GAP
  const lines = (name: string, cell: string): readonly string[] =>
    wrapText(cell, Math.max(width - nameWidth, 1)).map((line, at) =>
      `${(at === 0 ? name : '').padEnd(nameWidth)}${line}`.trimEnd(),
    )
  const record = (row: readonly string[]): string =>
    head.flatMap((name, column) => lines(name, row[column] ?? '')).join('\n')
  return rows.map(record).join('\n\n')
}

function wrapRow(row: readonly string[], widths: readonly number[]): string[] {
  return row.map((cell, column) => wrapText(cell, widths[column] ?? NARROWEST_COLUMN).join('\n'))
}
