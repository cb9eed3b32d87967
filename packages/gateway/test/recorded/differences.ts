import { readFileSync } from 'node:fs'
import type { Difference } from './play-scenario.ts'

const PAGE = readFileSync(new URL('../../../../docs/compatibility.md', import.meta.url), 'utf8')

/** The rows of `docs/compatibility.md` about recorded scenarios: a row may name several places. */
export const INTENDED: readonly Difference[] = rowsOf('Intended differences').flatMap(
  ([places = '', there = '', here = '']) =>
    codesOf(places).map((place) => ({ place, there: codesOf(there).join(), here: codesOf(here).join() })),
)

/** How many scenarios there are of each kind, as the page says. */
export const COUNTS: ReadonlyMap<string, number> = new Map(
  rowsOf('Recorded scenarios').map(([kind = '', count]) => [kind, Number(count)]),
)

function rowsOf(title: string): readonly (readonly string[])[] {
  const part = PAGE.split(/^#{2,3} /m).find((text) => text.startsWith(`${title}\n`)) ?? ''
  const rows = part.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

function codesOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}
