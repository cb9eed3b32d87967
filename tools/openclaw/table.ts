import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Case } from './case.ts'
import type { Played } from './play-cases.ts'

const PAGE = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url))
const BEGIN = '<!-- live runs: written by `npm run test:openclaw` -->'
const END = '<!-- /live runs -->'
const HEAD = ['typed', "at OpenClaw's gateway", 'at this gateway', 'why']
const TITLES = { OpenClaw: "OpenClaw's command", Pairgate: 'The command of this repository' } as const

/**
 * Writes what was found, also where it is not what was expected: a test compares the two. Lines of cases that
 * were not played stay as they are.
 */
export function writePage(cases: readonly Case[], played: readonly Played[]): void {
  const text = readFileSync(PAGE, 'utf8')
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (begin < 0 || end < begin) throw new Error(`${PAGE} has no place for the tables`)
  const written = text.slice(begin, end)
  const tables = renderTables(cases, (one) => {
    const found = played.find((each) => each.played === one)
    return found ? rowOf(found) : writtenRow(written, one)
  })
  writeFileSync(PAGE, `${text.slice(0, begin)}${BEGIN}\n\n${tables}\n\n${text.slice(end)}`)
}

/** What stands in the page between the marks. */
export function readTables(): string {
  const text = readFileSync(PAGE, 'utf8')
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim()
}

/** What a run would write that found everything as the cases say. */
export function expectedTables(cases: readonly Case[]): string {
  return renderTables(cases, (played) => rowOf({ played, ...expectedOf(played) }))
}

export function isExpected({ played, there, here }: Played): boolean {
  const expected = expectedOf(played)
  return there === expected.there && here === expected.here
}

export function tellDifference({ played, there, here }: Played): string {
  const expected = expectedOf(played)
  return [
    `${played.program}: ${played.title}`,
    ...(there === expected.there ? [] : [`  there: ${there}`, `  not:   ${expected.there}`]),
    ...(here === expected.here ? [] : [`  here:  ${here}`, `  not:   ${expected.here}`]),
  ].join('\n')
}

function expectedOf({ there, here = there }: Case) {
  return { there, here }
}

type Row = (one: Case) => string | undefined

function renderTables(cases: readonly Case[], row: Row): string {
  const heads = [HEAD, HEAD.map(() => '---')].map(lineOf)
  return (['OpenClaw', 'Pairgate'] as const)
    .map((program) => {
      const rows = cases.filter((one) => one.program === program).flatMap((one) => row(one) ?? [])
      return [`### ${TITLES[program]}`, '', ...heads, ...rows].join('\n')
    })
    .join('\n\n')
}

function rowOf({ played: { title, why = '' }, there, here }: Played): string {
  return lineOf([title, there, there === here ? 'the same' : here, why])
}

/** The line of a case in the table of its program. */
function writtenRow(page: string, { program, title }: Case): string | undefined {
  const table = page.split('\n### ').find((part) => part.startsWith(TITLES[program]))
  return table?.split('\n').find((line) => line.startsWith(`| ${title} |`))
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
