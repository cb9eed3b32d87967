// Plain JavaScript: what npm runs after an install must be readable for an older Node.js.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { drawIcon } from './draw-icon.js'
import { HTML, ICON, ICON_SIZES, MANIFEST, PAGES } from './pages.js'

const src = new URL('../src/', import.meta.url)

/**
 * @typedef {object} BuiltFile
 * @property {string} path Below `/__pairgate__/`.
 * @property {string} type Of its content.
 * @property {string} etag
 * @property {boolean} immutable The name changes with the content.
 * @property {string} file Its gzipped content, in the folder of the list.
 */

/**
 * Builds what browsers load into a folder: gzipped files, and `pages.json`, which lists them. Nothing of it
 * names another place than the gateway that serves it.
 * @param {string} dir emptied first
 * @returns {Promise<readonly BuiltFile[]>}
 */
export async function buildPages(dir) {
  const code = await bundle()
  const files = [...code.files]
  const icon = addAsset(files, 'icon', 'svg', readFileSync(new URL(ICON, src)))
  const painted = ICON_SIZES.map((size) => ({
    size,
    path: addAsset(files, `icon-${size}`, 'png', drawIcon(size)),
  }))
  files.push({
    path: MANIFEST.path,
    content: JSON.stringify(MANIFEST.of(icon, painted)),
    type: MANIFEST.type,
    immutable: false,
  })
  const html = readFileSync(new URL(HTML, src), 'utf8')
  const icons = { icon, touchIcon: painted[0].path }
  for (const page of PAGES) {
    const style = addAsset(files, page.name, 'css', readStyles(page.styles))
    const { script, preloads } = code.pages.get(page.name) ?? {}
    const links = preloads.map((path) => `<link rel="modulepreload" href="${path}" />`).join('\n    ')
    const content = fill(html, { script, style, ...icons, manifest: MANIFEST.path, preloads: links })
    files.push({ path: page.path, content, type: TYPES.html, immutable: false })
  }
  return writeFiles(dir, files)
}

const TYPES = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
}

async function bundle() {
  const { output } = await build({
    input: Object.fromEntries(PAGES.map(({ name, entry }) => [name, fileURLToPath(new URL(entry, src))])),
    platform: 'browser',
    tsconfig: false,
    write: false,
    transform: { target: 'es2022', jsx: { runtime: 'automatic', importSource: 'preact' } },
    output: {
      format: 'esm',
      minify: true,
      entryFileNames: 'assets/[name]-[hash].js',
      chunkFileNames: 'assets/[name]-[hash].js',
    },
  })
  const chunks = output.filter((file) => file.type === 'chunk')
  const files = chunks.map(({ fileName, code }) => ({
    path: fileName,
    content: code,
    type: TYPES.js,
    immutable: true,
  }))
  const entries = chunks.filter(({ isEntry }) => isEntry)
  const pages = new Map(
    entries.map(({ name, fileName, imports }) => [name, { script: fileName, preloads: imports }]),
  )
  return { files, pages }
}

/** One style sheet out of several, without what only its readers need. */
function readStyles(names) {
  const text = names.map((name) => readFileSync(new URL(name, src), 'utf8')).join('\n')
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim()
}

function addAsset(files, name, ending, content) {
  const path = `assets/${name}-${digest(content).slice(0, 8)}.${ending}`
  files.push({ path, content, type: TYPES[ending], immutable: true })
  return path
}

function fill(template, values) {
  return template.replace(/\{\{(\w+)\}\}/g, (_all, name) => {
    const value = values[name]
    if (value === undefined) throw new Error(`a page has a place for "${name}", which nothing fills`)
    return value
  })
}

function writeFiles(dir, files) {
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(`${dir}/assets`, { recursive: true })
  const listed = files.map(({ path, content, type, immutable }) => {
    const file = `${path}.gz`
    writeFileSync(`${dir}/${file}`, gzipSync(content, { level: 9 }))
    return { path, type, etag: digest(content).slice(0, 22), immutable, file }
  })
  writeFileSync(`${dir}/pages.json`, `${JSON.stringify(listed, undefined, 2)}\n`)
  return listed
}

function digest(content) {
  return createHash('sha256').update(content).digest('base64url').replace(/[-_]/g, 'x')
}
