import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'

const KIB = 1_024
/** Gzipped bytes of what a page loads to pair and to stay connected. */
const MOST_BYTES = 20 * KIB
/** The same for what a page loads besides where the browser hides WebCrypto. */
const MOST_BYTES_WITHOUT_WEB_CRYPTO = 8 * KIB

const PAGE = [
  "import * as client from './packages/client/src/browser.ts'",
  'const { connectGateway, createBrowserTokenStore, loadOrCreateBrowserKey, pairDevice } = client',
  'export { connectGateway, createBrowserTokenStore, loadOrCreateBrowserKey, pairDevice }',
].join('\n')

export interface Size {
  readonly what: string
  readonly bytes: number
  readonly most: number
}

/** How much a page loads, minified and compressed as every server sends it. */
export async function measureSize(): Promise<readonly Size[]> {
  const entry = 'page-of-the-measure'
  const { output } = await build({
    input: entry,
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    platform: 'browser',
    tsconfig: false,
    write: false,
    plugins: [
      {
        name: 'page',
        resolveId: (id) =>
          id === entry ? fileURLToPath(new URL('../../page.js', import.meta.url)) : undefined,
        load: (id) => (id.endsWith('/page.js') ? PAGE : undefined),
      },
    ],
    output: { format: 'esm', minify: true },
  })
  const bytes = (isEntry: boolean): number =>
    output
      .filter((file) => file.type === 'chunk' && file.isEntry === isEntry)
      .reduce((sum, file) => sum + gzipSync(file.type === 'chunk' ? file.code : file.source).length, 0)
  return [
    { what: 'pair and connect', bytes: bytes(true), most: MOST_BYTES },
    { what: 'besides, where WebCrypto is hidden', bytes: bytes(false), most: MOST_BYTES_WITHOUT_WEB_CRYPTO },
  ]
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, bytes, most } of await measureSize()) {
    console.log(`${what}: ${bytes} bytes gzipped, at most ${most}`)
    if (bytes > most) process.exitCode = 1
  }
}
