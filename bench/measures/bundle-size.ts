import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Measure } from './measure.ts'

/** What lies on a user's disk. The maps are for whoever reads a stack trace. */
export const measureBundleSize: Measure = async ({ workshop }) => {
  const cli = dirname(dirname(workshop.command))
  const dist = filesBelow(join(cli, 'dist'))
  const code = dist.filter((file) => file.endsWith('.js'))
  const compressed = code.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
  const install = [...dist, ...filesBelow(join(cli, 'bin')), join(cli, 'package.json')]
  return [
    {
      id: 'size.bundle',
      value: kilobytes(code),
      note: `${code.length} files, ${(compressed / 1024).toFixed(0)} KB as gzip`,
    },
    {
      id: 'size.install',
      value: kilobytes(install),
      note: `with ${(kilobytes(dist) - kilobytes(code)) | 0} KB of source maps`,
    },
  ]
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

function kilobytes(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0) / 1024
}
