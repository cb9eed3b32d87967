import { defineConfig } from 'rolldown'
import { buildPages } from './packages/ui/build/build-pages.js'
import { takeBuiltins } from './tools/bundle/take-builtins.js'

const dir = 'packages/cli/dist'

/** The bundle behind packages/cli/bin/openclaw.js. What is imported dynamically stays a chunk of its own. */
export default defineConfig({
  input: { main: 'packages/cli/src/main.ts' },
  platform: 'node',
  tsconfig: false,
  transform: { target: 'node24' },
  plugins: [
    { name: 'chunks', generateBundle },
    // What the gateway serves to browsers, once the folder has been cleaned.
    { name: 'pages', writeBundle: () => buildPages(`${dir}/pages`) },
  ],
  output: {
    dir,
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    // What others ask to be kept stays; all else would be resident for as long as a gateway runs.
    comments: { legal: true, annotation: false, jsdoc: false },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
})

function generateBundle(_options, bundle) {
  for (const chunk of Object.values(bundle)) {
    if (chunk.type === 'chunk') chunk.code = inAscii(takeBuiltins(chunk.code))
  }
}

/**
 * The runtime keeps the text of what it runs, and a text with one letter outside of Latin-1 twice as large.
 * Such letters stand in texts and patterns only, where an escape means the same.
 */
function inAscii(code) {
  return code.replaceAll(
    /[^\0-\x7f]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
