import {
  ConfigError,
  type ConfigKey,
  type ConfigProblem,
  isConfigSection,
  nearestConfigPath,
  parseConfigKey,
  parseConfigText,
  readConfigText,
} from '@pairgate/gateway/config'
import { CommandError } from '../output/command-error.ts'

/** A path that somebody typed: one setting, or all below a section. */
export type ConfigPath = { readonly key: ConfigKey } | { readonly section: string }

/** @throws CommandError for a path that is neither. */
export function readConfigPath(typed: string): ConfigPath {
  const key = parseConfigKey(typed)
  if (key) return { key }
  if (isConfigSection(typed)) return { section: typed }
  const nearest = nearestConfigPath(typed)
  throw new CommandError(`Unknown config path: ${typed}.`, {
    next: [
      ...(nearest === undefined ? [] : [`Did you mean ${nearest}?`]),
      'Run openclaw config list to see every path.',
    ],
  })
}

export function isBelow(path: ConfigPath, key: ConfigKey): boolean {
  return 'key' in path ? path.key === key : key.startsWith(`${path.section}.`)
}

/** What the file says at all; what is wrong elsewhere in it does not matter here. */
export function readSettings(file: string): ReadonlyMap<ConfigKey, unknown> {
  const { found, problems } = explained(() => parseConfigText(readConfigText(file), file))
  const unreadable = problems.find(({ path }) => path === undefined)
  if (unreadable) throw sentence(unreadable)
  return found
}

/** A failure of the settings as one of the command. */
export function explained<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ConfigError) throw sentence(error)
    throw error
  }
}

/** Plain text also for programs, as OpenClaw has it (cli fact 7). */
export function sentence({ message }: ConfigProblem): CommandError {
  return new CommandError(message, { plainAlways: true })
}
