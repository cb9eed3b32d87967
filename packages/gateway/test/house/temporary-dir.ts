import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A directory of the test's own, gone after it. */
export function temporaryDir(context: Pick<TestContext, 'after'>): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'house-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}
