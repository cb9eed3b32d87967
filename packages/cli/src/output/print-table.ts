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
  const rule = (left: string, cross: string, right: string): string =>
    `${left}${widths.map((each) => '─'.repeat(each + 2)).join(cross)}${right}`
  const drawn = [head, ...rows].map((row) => drawRow(row, widths))
  return [rule('┌', '┬', '┐'), drawn.join(`\n${rule('├', '┼', '┤')}\n`), rule('└', '┴', '┘')].join('\n')
}

/** The widest column gives way first, so that short ones like an age stay on one line. */
export function fitWidths(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const columns = rows[0]?.length ?? 0
  const widths = Array.from({ length: columns }, (_, column) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[column] ?? '')), 1),
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

/** As many lines as its longest cell needs. */
function drawRow(row: readonly string[], widths: readonly number[]): string {
  const cells = widths.map((width, column) => wrapText(row[column] ?? '', width))
  const height = Math.max(...cells.map((lines) => lines.length))
  const drawLine = (at: number): string =>
    `│ ${cells.map((lines, column) => padTo(lines[at] ?? '', widths[column] ?? 0)).join(' │ ')} │`
  return Array.from({ length: height }, (_, at) => drawLine(at)).join('\n')
}

function padTo(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - displayWidth(line)))
}
