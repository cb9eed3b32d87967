import { defineConfig } from 'rolldown'
import { buildPages } from './packages/ui/build/build-pages.js'

const dir = 'packages/cli/dist'

/** The bundle behind packages/cli/bin/openclaw.js. What is imported dynamically stays a chunk of its own. */
export default defineConfig({
  input: { main: 'packages/cli/src/main.ts' },
  platform: 'node',
  tsconfig: false,
  transform: { target: 'node24' },
  // What the gateway serves to browsers, once the folder has been cleaned.
  plugins: [{ name: 'pages', writeBundle: () => buildPages(`${dir}/pages`) }],
  output: {
    dir,
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
})
