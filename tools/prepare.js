// npm runs this after every install in the checkout. Plain JavaScript: without the optional runtime it may
// be an older Node.js that runs it. Where there is nothing to build from, it leaves everything as it is.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const canBuild = existsSync(`${root}/packages/cli/src/main.ts`) && hasBundler()

if (canBuild) {
  process.chdir(root)
  const { build } = await import('rolldown')
  const { default: config } = await import('../rolldown.config.js')
  await build(config)
}

/** An install without devDependencies has no bundler. */
function hasBundler() {
  try {
    createRequire(import.meta.url).resolve('rolldown')
    return true
  } catch {
    return false
  }
}
