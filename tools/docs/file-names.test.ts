import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { test } from 'node:test'
import { codeSpansOf, fencesOf, pagePaths, readPage, root } from './markdown.ts'

const PLACES = ['packages/*/{src,test,bin,build}/**/*', 'tools/**/*', 'docs/**/*', '*']
const files = globSync(PLACES, { cwd: root }).map((path) => path.replaceAll('\\', '/'))

test('every path that the documentation names is there', () => {
  const missing = pagePaths().flatMap((page) =>
    codeSpansOf(readPage(page))
      .filter((span) => /^(?:packages|tools|docs|examples|bench|deploy|\.ci)\/[\w@./*-]*$/.test(span))
      .filter((path) => globSync(path.replace(/\/$/, ''), { cwd: root }).length === 0)
      .map((path) => `${page}: ${path}`),
  )
  assert.deepEqual(missing, [])
})

test('every source file that is named by its end is there', () => {
  const missing = pagePaths().flatMap((page) =>
    codeSpansOf(readPage(page))
      .filter((span) => /^[\w-]+(?:\/[\w-]+)*(?:\.test)?\.[jt]s$/.test(span))
      .filter((name) => !isFile(name))
      .map((name) => `${page}: ${name}`),
  )
  assert.deepEqual(missing, [])
})

test('every file that a diagram names is there, and every diagram names some', () => {
  const diagrams = fencesOf(readPage('docs/architecture.md'), 'mermaid')
  assert.ok(diagrams.length >= 6, 'a diagram for each flow')
  for (const diagram of diagrams) {
    const names = [...diagram.matchAll(/[\w-]+(?:\/[\w-]+)*\.ts\b/g)].map(([name]) => name)
    assert.ok(names.length > 0, `no file in:\n${diagram}`)
    const missing = names.filter((name) => !files.some((path) => isInSources(path, name)))
    assert.deepEqual(missing, [])
  }
})

test('the room table of the architecture page names every room', () => {
  const page = readPage('docs/architecture.md')
  const rooms = globSync('packages/*', { cwd: root }).map((path) => path.replaceAll('\\', '/'))
  assert.deepEqual(
    rooms.filter((room) => !page.includes(`| \`${room}\` |`)),
    [],
  )
})

function isFile(name: string): boolean {
  return files.some((path) => path === name || path.endsWith(`/${name}`))
}

function isInSources(path: string, name: string): boolean {
  return /^packages\/\w+\/src\//.test(path) && path.endsWith(`/${name}`) && !path.endsWith('.test.ts')
}
