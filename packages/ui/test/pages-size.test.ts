import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { buildPages } from '../build/build-pages.js'

const MOST_BYTES = [
  ['pair', 50 * 1_024],
  ['console', 120 * 1_024],
] as const

const dir = mkdtempSync(join(tmpdir(), 'pages-'))
after(() => rmSync(dir, { recursive: true, force: true }))
const files = await buildPages(dir)
const packed = (file: string): Buffer => readFileSync(join(dir, file))
const read = (path: string): string => gunzipSync(packed(`${path}.gz`)).toString()

for (const [page, most] of MOST_BYTES)
  test(`the page "${page}" is at most ${most / 1_024} KB in all, also where WebCrypto is hidden`, () => {
    const reached = reach(page)
    const bytes = reached.reduce((sum, path) => sum + packed(`${path}.gz`).length, 0)
    assert.ok(bytes <= most, `${bytes} bytes`)
    assert.ok(bytes > 10_000, 'that cannot be all of it')
    assert.ok(reached.length >= 6, 'a script and a style sheet at least')
  })

/** A file and all that it names, and so on. */
function reach(path: string, found = new Set<string>()): readonly string[] {
  if (found.has(path)) return []
  found.add(path)
  if (!/(?:html|js|webmanifest|^[a-z]+)$/.test(path)) return [...found]
  const text = read(path)
  for (const { path: other } of files) {
    const name = other.split('/').at(-1) ?? ''
    if (name.includes('.') && text.includes(name)) reach(other, found)
  }
  return [...found]
}

test('a page names nothing but files of its own, and holds no code and no style', () => {
  for (const [page] of MOST_BYTES) {
    const html = read(page)
    const names = [...html.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, name]) => name ?? '')
    assert.ok(names.length >= 4)
    for (const name of names)
      assert.ok(
        files.some(({ path }) => path === name),
        name,
      )
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|\{\{/i)
  }
})

test('style sheets and scripts load nothing from anywhere', () => {
  for (const { path } of files.filter(({ path }) => /\.(?:css|js)$/.test(path)))
    assert.doesNotMatch(read(path), /@import|url\(|\beval\(|new Function|innerHTML\s*=\s*[^=]*location/, path)
})

test('two builds of the same sources are the same', async () => {
  const other = mkdtempSync(join(tmpdir(), 'pages-'))
  after(() => rmSync(other, { recursive: true, force: true }))
  assert.deepEqual(await buildPages(other), files)
})

test('what a browser installs names only files that are there', () => {
  const manifest = JSON.parse(read('manifest.webmanifest'))
  assert.equal(manifest.display, 'standalone')
  for (const path of [manifest.start_url, ...manifest.icons.map(({ src }: { src: string }) => src)])
    assert.ok(
      files.some((file) => file.path === path),
      path,
    )
})
