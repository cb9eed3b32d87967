import { homedir } from 'node:os'
import type { Finding } from '@pairgate/gateway/doctor'
import type { CommonOptions } from '../commands/common-options.ts'
import { CommandError } from '../output/command-error.ts'
import { findLocalFiles, readTargetFacts } from '../target/read-target-facts.ts'
import { resolveTarget, type Target } from '../target/resolve-target.ts'
import { examineHere } from './examine-here.ts'
import { examineThere } from './examine-there.ts'

/** All that can be looked at: this host, and the gateway that commands of this machine go to. */
export async function examine(options: CommonOptions): Promise<readonly Finding[]> {
  const { resolveStateDir, statePaths } = await import('@pairgate/gateway/config')
  const home = homedir()
  const paths = statePaths(resolveStateDir(process.env, home), process.env)
  const target = await findTarget(options)
  const isThere = target?.kind === 'url'
  const isHere = options.url === undefined
  return [
    ...(isHere ? await examineHere({ paths, home, timeoutMs: options.timeout }) : []),
    ...(isThere ? await examineThere(target, { ...options, isAlone: !isHere }) : []),
  ]
}

/** A config file that cannot be used is a finding of the settings; an address that is none is a slip of the hand. */
async function findTarget(options: CommonOptions): Promise<Target | undefined> {
  try {
    const files = await findLocalFiles(process.env)
    return resolveTarget(await readTargetFacts(options, process.env, files))
  } catch (error) {
    if (options.url === undefined && error instanceof CommandError) return undefined
    throw error
  }
}
