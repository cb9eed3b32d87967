import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Where the build leaves the pages: beside the bundle, also for the sources. They lie at different depths of
 * this package, so its manifest is looked for.
 */
export function findPages(from: string): string | undefined {
  if (existsSync(join(from, 'package.json'))) return join(from, 'dist', 'pages')
  const parent = dirname(from)
  return parent === from ? undefined : findPages(parent)
}
