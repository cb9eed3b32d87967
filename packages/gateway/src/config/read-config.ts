import { dirname, resolve } from 'node:path'
import { parseDuration } from '@pairgate/protocol'
import { ConfigError } from './config-error.ts'
import { type ConfigProblem, parseConfigText, readConfigText } from './config-file.ts'
import {
  CONFIG_KEYS,
  type ConfigKey,
  type ConfigValue,
  type ConfigValues,
  configRow,
} from './config-schema.ts'
import { type ConfigSource, checkValue, type Said } from './config-value.ts'
import type { AuthConfig, GatewayConfig, PairingConfig, RemoteConfig, TlsConfig } from './gateway-config.ts'
import { leaveNoneOf } from './leave-none-settings.ts'
import { readForwardAuth, readUpstreams } from './read-upstream.ts'
import type { Env } from './state-dir.ts'

/** What the command line says, by setting; text is read as the setting's type. */
export type ConfigFlags = { readonly [K in ConfigKey]?: ConfigValue<K> | string | undefined }

export interface ConfigInput {
  readonly file: string
  readonly env: Env
  readonly flags?: ConfigFlags
}

export interface LoadedConfig {
  readonly values: ConfigValues
  readonly sources: Readonly<Record<ConfigKey, ConfigSource>>
  /** What the file says, also where a flag or the environment wins. */
  readonly inFile: ReadonlyMap<ConfigKey, unknown>
}

/** Settings with everything that is wrong with them; a setting that cannot be used has its default. */
export interface CheckedConfig extends LoadedConfig {
  readonly problems: readonly ConfigProblem[]
}

/**
 * Every setting with its source; flags win over the environment, that over the file, that over defaults.
 * `text` is what the file holds, or would hold. Never throws.
 */
export function checkSettings(input: ConfigInput, text: string | undefined): CheckedConfig {
  const { found: inFile, problems: inText } = parseConfigText(text, input.file)
  const values: Record<string, unknown> = {}
  const sources: Record<string, ConfigSource> = {}
  const problems = [...inText]
  for (const key of CONFIG_KEYS) {
    values[key] = configRow(key).default
    sources[key] = 'default'
    // Each place is checked, also where another one wins: a typo must not wait for the day the flag goes.
    for (const said of saidFor(key, input, inFile)) {
      const checked = checkValue(key, said)
      if (!checked.ok) problems.push({ path: key, message: checked.message })
      else if (sources[key] === 'default') [values[key], sources[key]] = [checked.value, said.source]
    }
  }
  return {
    values: values as ConfigValues,
    sources: sources as Record<ConfigKey, ConfigSource>,
    inFile,
    problems,
  }
}

/** The flag or the variable that a value comes from; `undefined` for file and default. */
export function settingPlace(key: ConfigKey, source: ConfigSource): string | undefined {
  const { env, flag } = configRow(key)
  if (source === 'env') return env
  return source === 'flag' ? (flag ?? key) : undefined
}

/** The same for a file that must be right. Throws `ConfigError`. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  const checked = checkSettings(input, readConfigText(input.file))
  const [first] = checked.problems
  if (first) throw new ConfigError(first.message)
  return checked
}

/** The gateway's settings: complete, checked against each other, frozen. Throws `ConfigError`. */
export function readGatewayConfig(input: ConfigInput): GatewayConfig {
  return gatewayConfigOf(loadConfig(input).values, input.file)
}

/** Settings as the gateway reads them. Throws `ConfigError` when they contradict each other. */
export function gatewayConfigOf(values: ConfigValues, file: string): GatewayConfig {
  return freeze({
    mode: values['gateway.mode'],
    port: values['gateway.port'],
    bind: values['gateway.bind'],
    customBindHost: values['gateway.customBindHost'],
    allowPlaintext: values['gateway.allowPlaintext'],
    auth: authOf(values),
    tls: tlsOf(values, file),
    trustedProxies: values['gateway.trustedProxies'],
    controlUi: {
      enabled: values['gateway.controlUi.enabled'],
      allowedOrigins: values['gateway.controlUi.allowedOrigins'],
    },
    allowedHosts: values['gateway.allowedHosts'],
    pairing: pairingOf(values),
    sessions: { keepMessages: values['gateway.sessions.keepMessages'] },
    database: { url: values['gateway.database.url'] },
    feed: { keepDays: values['gateway.feed.keepDays'], maxRows: values['gateway.feed.maxRows'] },
    limits: {
      unauthenticatedPerPeer: values['gateway.limits.unauthenticatedPerPeer'],
      unauthenticatedInAll: values['gateway.limits.unauthenticatedInAll'],
      handshakeMs: values['gateway.limits.handshakeMs'],
      pendingPerDevice: values['gateway.limits.pendingPerDevice'],
      pendingPerPeer: values['gateway.limits.pendingPerPeer'],
      pendingInAll: values['gateway.limits.pendingInAll'],
      failuresPerPeer: values['gateway.limits.failuresPerPeer'],
      failuresInAll: values['gateway.limits.failuresInAll'],
      failureWindowMs: values['gateway.limits.failureWindowMs'],
      lockoutMs: values['gateway.limits.lockoutMs'],
      requestsPerSecond: values['gateway.limits.requestsPerSecond'],
    },
    upstreams: {
      port: values['upstreams.port'],
      plainCookies: values['upstreams.plainCookies'],
      all: readUpstreams(values['gateway.upstreams']),
      forwardAuth: readForwardAuth(values['gateway.upstreams']),
    },
    logging: { level: values['logging.level'] },
  })
}

export interface RemoteFlags {
  readonly url?: string | undefined
  readonly port?: string | number | undefined
  readonly token?: string | undefined
  readonly password?: string | undefined
}

/** Where the commands of this machine find their gateway, and with which secret. Throws `ConfigError`. */
export function readRemoteConfig(
  input: Omit<ConfigInput, 'flags'> & { readonly flags?: RemoteFlags },
): RemoteConfig {
  const { flags = {} } = input
  const { values, sources } = loadConfig({
    ...input,
    flags: { 'gateway.remote.url': flags.url, 'gateway.port': portText(flags.port) },
  })
  const mode = values['gateway.mode']
  const target = targetOf(values, sources, mode)
  // A gateway named on the spot gets only secrets named on the spot: the configured ones are another's.
  const configured = target.elsewhere ? NO_CREDENTIALS : credentialsOf(values, sources, mode)
  return Object.freeze({
    mode,
    url: target.url,
    urlSource: target.urlSource,
    token: flags.token ?? configured.token,
    password: flags.password ?? configured.password,
    tlsFingerprint: target.elsewhere ? undefined : values['gateway.remote.tlsFingerprint'],
    port: values['gateway.port'],
    tls: tlsOf(values, input.file),
  })
}

const NO_CREDENTIALS: Pick<RemoteConfig, 'token' | 'password'> = { token: undefined, password: undefined }

type Sources = LoadedConfig['sources']
type Target = Pick<RemoteConfig, 'url' | 'urlSource'> & { readonly elsewhere: boolean }

function targetOf(values: ConfigValues, sources: Sources, mode: RemoteConfig['mode']): Target {
  const url = values['gateway.remote.url']
  const source = sources['gateway.remote.url']
  if (source === 'flag') return { url, urlSource: 'cli --url', elsewhere: true }
  if (source === 'env') return { url, urlSource: 'env OPENCLAW_GATEWAY_URL', elsewhere: true }
  if (mode === 'local') return { url: undefined, urlSource: 'local loopback', elsewhere: false }
  if (url === undefined) {
    throw new ConfigError(
      '"gateway.mode" is "remote", but there is no "gateway.remote.url". Set it, or use --url.',
    )
  }
  return { url, urlSource: 'config gateway.remote.url', elsewhere: false }
}

function credentialsOf(values: ConfigValues, sources: Sources, mode: RemoteConfig['mode']) {
  const token = values['gateway.auth.token']
  const password = values['gateway.auth.password']
  if (mode === 'local') return { token, password }
  return {
    token: sources['gateway.auth.token'] === 'env' ? token : values['gateway.remote.token'],
    password: sources['gateway.auth.password'] === 'env' ? password : values['gateway.remote.password'],
  }
}

function portText(port: string | number | undefined): string | undefined {
  return port === undefined ? undefined : String(port)
}

function saidFor(
  key: ConfigKey,
  input: ConfigInput,
  fromFile: ReadonlyMap<ConfigKey, unknown>,
): readonly Said[] {
  const row = configRow(key)
  const said: Said[] = []
  const flag = input.flags?.[key]
  if (flag !== undefined) said.push({ source: 'flag', place: row.flag ?? key, value: flag })
  const variable = row.env === undefined ? undefined : input.env[row.env]
  // An empty variable is how a container file leaves one unset.
  if (row.env !== undefined && variable) said.push({ source: 'env', place: row.env, value: variable })
  if (fromFile.has(key)) said.push({ source: 'file', place: input.file, value: fromFile.get(key) })
  return said
}

function authOf(values: ConfigValues): AuthConfig {
  const mode = values['gateway.auth.mode']
  if (mode === 'trusted-proxy') {
    throw new ConfigError(
      'gateway.auth.mode "trusted-proxy" is not supported yet. Use "pairing", "token", "password", or "none".',
    )
  }
  const password = values['gateway.auth.password']
  if (mode === 'password' && password === undefined) {
    throw new ConfigError(
      'gateway.auth.mode is "password", but there is none. Set gateway.auth.password or OPENCLAW_GATEWAY_PASSWORD.',
    )
  }
  const sharedSecret = values['gateway.auth.sharedSecret']
  if (sharedSecret === 'off' && (mode === 'token' || mode === 'password')) {
    throw new ConfigError(
      `gateway.auth.mode "${mode}" needs the shared secret that gateway.auth.sharedSecret turns off. Use mode "pairing", or turn it on.`,
    )
  }
  const leaveNone = leaveNoneOf(values)
  return { mode, token: values['gateway.auth.token'], password, sharedSecret, leaveNone }
}

function pairingOf(values: ConfigValues): PairingConfig {
  const ms = (text: string | undefined) => (text === undefined ? undefined : parseDuration(text))
  return {
    approveLatest: values['gateway.pairing.approveLatest'],
    publicUrl: values['gateway.pairing.publicUrl'],
    defaultSession: values['gateway.pairing.defaultSession'],
    tokenTtlMs: ms(values['gateway.pairing.tokenTtl']),
    idleTtlMs: ms(values['gateway.pairing.idleTtl']),
  }
}

function tlsOf(values: ConfigValues, file: string): TlsConfig | undefined {
  const cert = values['gateway.tls.cert']
  const key = values['gateway.tls.key']
  const enabled = values['gateway.tls.enabled'] ?? (cert !== undefined || key !== undefined)
  if (!enabled) return undefined
  if (cert === undefined && key === undefined) return ownTls(values)
  if (cert === undefined || key === undefined) {
    throw new ConfigError('TLS needs both gateway.tls.cert and gateway.tls.key. Set the other one too.')
  }
  return { cert: resolve(dirname(file), cert), key: resolve(dirname(file), key) }
}

function ownTls(values: ConfigValues): TlsConfig {
  if (values['gateway.tls.autoGenerate']) return 'auto'
  throw new ConfigError(
    'gateway.tls.enabled is true, but there is no certificate. Set gateway.tls.cert and gateway.tls.key, or gateway.tls.autoGenerate to true.',
  )
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part)
  return Object.freeze(value)
}
