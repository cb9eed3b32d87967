import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory of the test's own, gone after it. */
export function temporaryDir(hooks: { after(cleanUp: () => void): void }): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'house-'))
  hooks.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
