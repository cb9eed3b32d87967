import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { pagePaths, readPage, root, sectionsOf } from './markdown.ts'

test('every link of the documentation leads to a file, and to a heading in it', () => {
  const broken = pagePaths().flatMap((page) =>
    linksOf(readPage(page)).flatMap((link) => faultOf(page, link) ?? []),
  )
  assert.equal(broken.length, 0, `\n${broken.join('\n')}\n`)
})

test('every page is linked from another one', () => {
  const linked = new Set(
    pagePaths().flatMap((page) => linksOf(readPage(page)).map((link) => targetOf(page, link).path)),
  )
  const lonely = pagePaths().filter((page) => page !== 'README.md' && !linked.has(page))
  assert.deepEqual(lonely, [])
})

function linksOf(markdown: string): readonly string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '')
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => !/^[a-z]+:/.test(link))
}

function targetOf(
  page: string,
  link: string,
): { readonly path: string; readonly anchor: string | undefined } {
  const [path = '', anchor] = link.split('#')
  return { path: path === '' ? page : join(dirname(page), path), anchor }
}

function faultOf(page: string, link: string): string | undefined {
  const { path, anchor } = targetOf(page, link)
  if (!existsSync(join(root, path))) return `${page}: ${link} leads nowhere.`
  if (anchor === undefined) return undefined
  return anchorsOf(readPage(path)).includes(anchor) ? undefined : `${page}: ${link} has no such heading.`
}

function anchorsOf(markdown: string): readonly string[] {
  return sectionsOf(markdown).map(({ title }) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
