import { join } from 'node:path'
import type { StatePaths } from '../config/state-dir.ts'
import { refuseForeignState } from '../state/prepare-state.ts'
import { StateError } from '../state/state-error.ts'
import type { Finding } from './finding.ts'
import { attempt } from './look-at-files.ts'

/** State of OpenClaw in its own place. What is in ours is a finding of the state directory. */
export async function lookAtForeignState(paths: StatePaths, home: string): Promise<readonly Finding[]> {
  const dir = join(home, '.openclaw')
  if (dir === paths.dir) return []
  const found = await attempt(() => refuseForeignState(dir))
  if (!(found instanceof StateError)) return []
  const what = `${dir} holds the state of an OpenClaw gateway, whose devices can be taken over.`
  return [{ check: 'openclaw', level: 'note', what, advice: 'openclaw migrate' }]
}
