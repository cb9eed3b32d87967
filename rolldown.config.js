import { defineConfig } from 'rolldown'

/** The bundle behind packages/cli/bin/openclaw.js. What is imported dynamically stays a chunk of its own. */
export default defineConfig({
  input: { main: 'packages/cli/src/main.ts' },
  platform: 'node',
  tsconfig: false,
  transform: { target: 'node24' },
  output: {
    dir: 'packages/cli/dist',
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  },
})
