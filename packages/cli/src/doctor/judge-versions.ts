import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Finding } from '@pairgate/gateway/doctor'
import manifest from '../../package.json' with { type: 'json' }
import { findPages } from '../platform/find-pages.ts'

export interface VersionContext {
  /** The gateway may run out of the same files as this command. */
  readonly isHere: boolean
}

/** Whether the gateway is what this command is. */
export function judgeVersions(
  gateway: string,
  startedAtMs: number | undefined,
  { isHere }: VersionContext,
): readonly Finding[] {
  const check = 'version'
  const { version } = manifest
  if (gateway !== version) {
    const what = `The gateway is ${gateway}, this command ${version}.`
    const advice = isHere
      ? 'Restart the gateway.'
      : 'Bring both to the same version: docs/operations.md, Upgrade.'
    return [{ check, level: isHere ? 'warn' : 'note', what, advice }]
  }
  const builtAtMs = isHere ? timeOfBuild() : undefined
  if (builtAtMs !== undefined && startedAtMs !== undefined && builtAtMs > startedAtMs) {
    const what =
      'The command was built after the gateway had started, which still runs what was there before.'
    return [{ check, level: 'note', what, advice: 'Restart the gateway.' }]
  }
  return [{ check, level: 'ok', what: `Gateway and command are ${version}.` }]
}

/** The pages lie in the folder of the build, whatever this runs out of. */
function timeOfBuild(): number | undefined {
  const pages = findPages(import.meta.dirname)
  if (pages === undefined) return undefined
  return statSync(join(dirname(pages), 'main.js'), { throwIfNoEntry: false })?.mtimeMs
}
