// npm runs this after every install in the checkout. Plain JavaScript: without the optional runtime it may
// be an older Node.js that runs it. Where it cannot build, it says so and leaves everything as it is.
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

if (existsSync(`${root}/packages/cli/src/main.ts`)) {
  const bundler = await loadBundler()
  if (bundler) {
    process.chdir(root)
    const { default: config } = await import('../rolldown.config.js')
    await bundler.build(config)
  } else {
    process.stderr.write('Installed without the bundler: the command will run from the sources.\n')
  }
}

/** An install without devDependencies, or without optional ones, has none that runs. */
async function loadBundler() {
  try {
    return await import('rolldown')
  } catch {
    return undefined
  }
}
