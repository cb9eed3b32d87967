import { ok } from '@pairgate/core'
import type { ConfigReload, ConfigSetting, ConfigSnapshot } from '@pairgate/protocol/wire'
import { ConfigError } from '../../config/config-error.ts'
import type { ConfigProblem } from '../../config/config-file.ts'
import { CONFIG_KEYS, type ConfigKey, configRow } from '../../config/config-schema.ts'
import type { ConfigLook, LiveConfig } from '../../config/live-config.ts'
import { nestSettings, REDACTED, redacted } from '../../config/nest-settings.ts'
import { settingPlace } from '../../config/read-config.ts'
import type { Log } from '../../platform/log.ts'
import type { Handler } from './method-handlers.ts'

export interface ConfigMethodsDeps {
  readonly live: LiveConfig
  /** Of a text that holds secrets, so not one that can be guessed at. */
  readonly hashOf: (text: string) => string
  /** Tells secrets apart for who holds the key of the owner. */
  readonly fingerprintOf: (secret: string) => string
  /** Files beside the config file may have changed too. */
  readonly lookAtTls: () => Promise<void>
  readonly log: Log
}

export interface ConfigMethods {
  readonly get: Handler<'config.get'>
  readonly reload: Handler<'config.reload'>
}

/** `config.*`: what the gateway runs with, and the order to read its file again. No secret ever leaves. */
export function createConfigMethods({
  live,
  hashOf,
  fingerprintOf,
  lookAtTls,
  log,
}: ConfigMethodsDeps): ConfigMethods {
  return {
    async get({ extended }) {
      const look = live.look()
      const snapshot = snapshotOf(look, hashOf)
      return ok(
        extended
          ? { ...snapshot, settings: CONFIG_KEYS.map((key) => settingOf(key, look, fingerprintOf)) }
          : snapshot,
      )
    },
    async reload({ principal }) {
      const report = reloadConfig(live, log, principal.connId)
      await lookAtTls()
      return ok(report)
    },
  }
}

/** Reads the file again; what came of it goes to the log, without values. Never throws for a bad file. */
export function reloadConfig(live: LiveConfig, log: Log, causedBy?: string): ConfigReload {
  try {
    const report = live.reload(causedBy)
    log.info(report, 'settings read again')
    return { ok: true, ...report }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    log.warn({ problem: error.message }, 'the settings cannot be used, and nothing was changed')
    return { ok: false, problem: error.message }
  }
}

/** The fields of OpenClaw (protocol fact 12). Its `raw` stays empty: comments may hold anything. */
function snapshotOf(look: ConfigLook, hashOf: (text: string) => string): ConfigSnapshot {
  // A value that its row does not take may be anything, a secret in the wrong line for example.
  const faulty = new Set(look.problems.map(({ path }) => path))
  const parsed = nestSettings(
    [...look.inFile].map(([key, value]) => [key, faulty.has(key) ? REDACTED : redacted(key, value)]),
  )
  const config = nestSettings(CONFIG_KEYS.map((key) => [key, redacted(key, look.values[key])]))
  return {
    path: look.file,
    exists: look.text !== undefined,
    raw: null,
    parsed,
    sourceConfig: parsed,
    resolved: parsed,
    valid: look.problems.length === 0,
    runtimeConfig: config,
    config,
    hash: hashOf(look.text ?? ''),
    issues: look.problems.map((problem) => ({ path: problem.path ?? '', message: withoutValue(problem) })),
    warnings: [],
    legacyIssues: [],
  }
}

/** What a person at the file is told may quote what stands there; over the wire only what would be right is. */
function withoutValue({ path, message }: ConfigProblem): string {
  const key = CONFIG_KEYS.find((each) => each === path)
  return key === undefined ? message : `Use ${configRow(key).allowed}.`
}

function settingOf(
  key: ConfigKey,
  { values, sources, pending }: ConfigLook,
  fingerprintOf: ConfigMethodsDeps['fingerprintOf'],
): ConfigSetting {
  const source = sources[key]
  const by = settingPlace(key, source)
  const value = redacted(key, values[key])
  const { applies, secret } = configRow(key)
  const said = values[key]
  return {
    key,
    ...(value !== undefined && { value }),
    ...(secret && typeof said === 'string' && { fingerprint: fingerprintOf(said) }),
    source,
    ...(by !== undefined && { by }),
    applies,
    ...(pending.includes(key) && { pending: applies === 'restart' ? 'restart' : 'reload' }),
  }
}
