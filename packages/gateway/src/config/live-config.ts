import { isDeepStrictEqual } from 'node:util'
import type { ConfigError } from './config-error.ts'
import { type ConfigProblem, readConfigText } from './config-file.ts'
import { CONFIG_KEYS, type ConfigKey, type ConfigValues, configRow } from './config-schema.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { lateBound } from './late-bound.ts'
import {
  type ConfigInput,
  checkSettings,
  gatewayConfigOf,
  type LoadedConfig,
  loadConfig,
  settingPlace,
} from './read-config.ts'

/** What became of the settings of the file. */
export interface ReloadReport {
  /** Settings that changed with this reload. */
  readonly applied: readonly ConfigKey[]
  /** Settings that wait for the next start. */
  readonly needsRestart: readonly ConfigKey[]
  /** Settings of the file that a flag or a variable of the gateway overrides. */
  readonly overridden: readonly { readonly key: ConfigKey; readonly by: string }[]
}

/** Called when settings have changed; `causedBy` is the connection that asked for it. */
export type OnConfigChange = (
  before: GatewayConfig,
  after: GatewayConfig,
  causedBy: string | undefined,
) => void

/** The file as it is now, and what the gateway runs with. */
export interface ConfigLook {
  readonly file: string
  readonly text: string | undefined
  readonly inFile: LoadedConfig['inFile']
  readonly problems: readonly ConfigProblem[]
  readonly values: ConfigValues
  readonly sources: LoadedConfig['sources']
  /** Settings of which the file says something else. */
  readonly pending: readonly ConfigKey[]
}

/** The settings of a running gateway. */
export interface LiveConfig {
  /** Each setting as it is at the moment of reading; those that do not change live as at the start. */
  readonly config: GatewayConfig
  /** Grows with every change. */
  readonly revision: number
  /**
   * Reads the file again and applies what changes live, or throws `ConfigError` and changes nothing.
   * Nothing in it waits, so two reloads never mix, and everybody who has to act on a change has acted
   * when it returns.
   */
  reload(causedBy?: string): ReloadReport
  onChange(listener: OnConfigChange): void
  /** Changes nothing. Throws `ConfigError` for a file that cannot be read. */
  look(): ConfigLook
}

export interface LiveConfigDeps extends ConfigInput {
  /** What forbids to run with these settings, or `undefined`. */
  readonly forbids: (config: GatewayConfig) => ConfigError | undefined
}

type Settings = Pick<LoadedConfig, 'values' | 'sources'>

/** Reads the settings for the first time. Throws `ConfigError`. */
export function createLiveConfig({ forbids, ...input }: LiveConfigDeps): LiveConfig {
  function checked(values: ConfigValues): GatewayConfig {
    const config = gatewayConfigOf(values, input.file)
    const fault = forbids(config)
    if (fault) throw fault
    return config
  }
  /** What of these settings this process can run with; nothing new when that contradicts itself. */
  function runnable(loaded: Settings) {
    const settings = mergeSettings(running, loaded)
    try {
      return { settings, config: checked(settings.values) }
    } catch {
      return { settings: running, config: current }
    }
  }

  let running: Settings = loadConfig(input)
  let current = checked(running.values)
  let revision = 0
  const listeners: OnConfigChange[] = []

  return {
    config: lateBound(() => current),
    get revision() {
      return revision
    },
    reload(causedBy) {
      const loaded = loadConfig(input)
      checked(loaded.values)
      const next = runnable(loaded)
      const applied = differing(running.values, next.settings.values)
      const before = current
      running = next.settings
      current = next.config
      if (applied.length > 0) revision += 1
      for (const listener of applied.length > 0 ? listeners : []) listener(before, current, causedBy)
      return {
        applied,
        needsRestart: differing(running.values, loaded.values),
        overridden: overriddenOf(loaded),
      }
    },
    onChange(listener) {
      listeners.push(listener)
    },
    look() {
      const text = readConfigText(input.file)
      const { values: next, inFile, problems } = checkSettings(input, text)
      const { values, sources } = running
      const pending = problems.length > 0 ? [] : differing(values, next)
      return { file: input.file, text, inFile, problems, values, sources, pending }
    },
  }
}

/** The newer settings, except for those that need a restart. */
function mergeSettings(running: Settings, loaded: Settings): Settings {
  const from = (key: ConfigKey) => (configRow(key).applies === 'restart' ? running : loaded)
  return {
    values: Object.fromEntries(CONFIG_KEYS.map((key) => [key, from(key).values[key]])) as ConfigValues,
    sources: Object.fromEntries(
      CONFIG_KEYS.map((key) => [key, from(key).sources[key]]),
    ) as Settings['sources'],
  }
}

function differing(one: ConfigValues, other: ConfigValues): readonly ConfigKey[] {
  return CONFIG_KEYS.filter((key) => !isDeepStrictEqual(one[key], other[key]))
}

function overriddenOf({ inFile, sources }: LoadedConfig): ReloadReport['overridden'] {
  return [...inFile.keys()].flatMap((key) => {
    const by = settingPlace(key, sources[key])
    return by === undefined ? [] : [{ key, by }]
  })
}
