import { FIGURES, type Figure, type FigureRow, judge } from '../figures.ts'

/** One line per figure: what, how much, the budget, the verdict, and what one should know about it. */
export function tableOf(figures: readonly Figure[], isNoisy: boolean): string {
  const lines = figures.map((figure) => {
    const row: FigureRow = FIGURES[figure.id]
    return [row.name, withUnit(figure.value, row), budgetOf(row), judge(figure, isNoisy), figure.note ?? '']
  })
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map(([name = '', value = '', budget = '', verdict = '', note = '']) =>
      [
        name.padEnd(widths[0] ?? 0),
        value.padStart(widths[1] ?? 0),
        budget.padStart(widths[2] ?? 0),
        verdict.padEnd(widths[3] ?? 0),
        note,
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function budgetOf(row: FigureRow): string {
  if (row.atMost !== undefined) return `≤ ${withUnit(row.atMost, row)}`
  return row.atLeast === undefined ? '' : `≥ ${withUnit(row.atLeast, row)}`
}

function withUnit(value: number, { unit }: FigureRow): string {
  const digits = value < 10 && !Number.isInteger(value) ? (value < 1 ? 2 : 1) : 0
  const text = value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return unit === '/s' || unit === '×' ? `${text}${unit}` : `${text} ${unit}`.trimEnd()
}
