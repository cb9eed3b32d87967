import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every page of the documentation, by its path in the checkout. */
export function pagePaths(): readonly string[] {
  return globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: root }).sort()
}

export function readPage(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8')
}

export interface Section {
  readonly title: string
  /** The text between this heading and the next one of any level. */
  readonly text: string
}

/** The sections of a page, without what stands in fences when headings are looked for. */
export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = []
  let isFenced = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isFenced = !isFenced
    const title = isFenced ? undefined : /^#{1,6} (.+)$/.exec(line)?.[1]
    if (title !== undefined) sections.push({ title, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ title, lines }) => ({ title, text: lines.join('\n') }))
}

/** The text of one section. Throws when the page has no such heading, so that no check runs on nothing. */
export function sectionOf(markdown: string, title: string): string {
  const found = sectionsOf(markdown).find((section) => section.title === title)
  if (!found) throw new Error(`The page has no heading "${title}".`)
  return found.text
}

/** The rows of the first table whose first column has this head: cells as written, without backticks. */
export function tableRows(text: string, head: string): readonly (readonly string[])[] {
  const rows: (readonly string[])[] = []
  let isInside = false
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|') ? cellsOf(line) : undefined
    if (!isInside) {
      isInside = cells?.[0] === head
      continue
    }
    if (!cells) break
    if (!/^-+$/.test(cells[0] ?? '')) rows.push(cells)
  }
  return rows
}

function cellsOf(line: string): readonly string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll('`', ''))
}

/** What stands in fences of one language. */
export function fencesOf(markdown: string, language: string): readonly string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms')
  return [...markdown.matchAll(fence)].map(([, text = '']) => text)
}

/** What stands in single backticks, outside of fences. */
export function codeSpansOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '')
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text)
}
