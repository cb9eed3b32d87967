import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that browsers load, as it is kept in memory. */
export interface PageFile {
  /** Below `/__pairgate__/`. */
  readonly path: string
  readonly type: string
  readonly etag: string
  /** The name changes with the content. */
  readonly immutable: boolean
  readonly gzipped: Buffer
}

const LIST = 'pages.json'
const PATH = /^(?:[\w-]+\/)*[\w-]+(?:\.[a-z]+)?$/
const HEADER_TEXT = /^[\x20-\x7e]{1,100}$/

/**
 * Reads what the build has left in a folder.
 * @returns `undefined` when there is none: the sources run without a build too.
 */
export async function readPages(dir: string): Promise<readonly PageFile[] | undefined> {
  let list: string
  try {
    list = await readFile(join(dir, LIST), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const rows: unknown = JSON.parse(list)
  if (!Array.isArray(rows)) throw new Error(`${join(dir, LIST)} is no list: build the pages again`)
  return Promise.all(rows.map((row) => readRow(dir, row)))
}

async function readRow(dir: string, row: Readonly<Record<string, unknown>>): Promise<PageFile> {
  const { path, type, etag, immutable, file } = row
  const isSound =
    [path, type, etag, file].every((text) => typeof text === 'string' && HEADER_TEXT.test(text)) &&
    PATH.test(String(path)) &&
    String(file) === `${path}.gz`
  if (!isSound) throw new Error(`${join(dir, LIST)} names something odd: build the pages again`)
  return {
    path: String(path),
    type: String(type),
    etag: `W/"${etag}"`,
    immutable: immutable === true,
    gzipped: await readFile(join(dir, String(file))),
  }
}
