import { type Static, Type } from 'typebox'
import {
  allowedHostsFault,
  allowedOriginsFault,
  bindHostFault,
  databaseUrlFault,
  filePathFault,
  remoteUrlFault,
  tlsFingerprintFault,
  trustedProxiesFault,
} from './config-checks.ts'
import type { ConfigRow } from './config-row.ts'
import { LEAVE_NONE_SETTINGS } from './leave-none-settings.ts'
import { LIMIT_SETTINGS } from './limit-settings.ts'
import { PAIRING_SETTINGS } from './pairing-settings.ts'
import { SESSION_SETTINGS } from './session-settings.ts'
import { UPSTREAM_SETTINGS } from './upstream-settings.ts'

const Text = Type.String({ minLength: 1, maxLength: 4_096 })
const Texts = Type.Array(Text, { maxItems: 1_000 })

/** Every setting there is; reader, errors, `openclaw config` and the documentation read it here. */
export const CONFIG = {
  'gateway.mode': {
    schema: Type.Enum(['local', 'remote']),
    default: 'local',
    description: 'Whether the commands of this machine talk to a gateway here or to `gateway.remote.url`.',
    allowed: '"local" or "remote"',
    applies: 'commands',
  },
  'gateway.port': {
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    default: 18_789,
    description: 'TCP port for WebSocket and HTTP; 0 takes any free port.',
    allowed: 'a port number from 1 to 65535, for example 18789',
    env: 'OPENCLAW_GATEWAY_PORT',
    flag: '--port',
    applies: 'restart',
  },
  'gateway.bind': {
    schema: Type.Enum(['loopback', 'lan', 'tailnet', 'auto', 'custom']),
    default: 'loopback',
    description: 'Which addresses listen: this machine only, the local network, the tailnet, or one address.',
    allowed: '"loopback", "lan", "tailnet", "auto", or "custom"',
    flag: '--bind',
    applies: 'restart',
  },
  'gateway.customBindHost': {
    schema: Text,
    default: undefined,
    description: 'The IP address that listens when `gateway.bind` is "custom".',
    allowed: 'an IP address of this machine',
    fault: bindHostFault,
    applies: 'restart',
  },
  'gateway.allowPlaintext': {
    schema: Type.Boolean(),
    default: false,
    description:
      'Listen beyond this machine without TLS: whoever is on the way can read and change everything.',
    allowed: 'true or false',
    applies: 'restart',
  },
  'gateway.auth.mode': {
    schema: Type.Enum(['pairing', 'token', 'password', 'none', 'trusted-proxy']),
    default: 'pairing',
    description:
      'What a device needs before it may ask to be paired: nothing, the shared token, or the password.',
    allowed: '"pairing", "token", "password", or "none"',
    flag: '--auth',
    applies: 'restart',
  },
  'gateway.auth.token': {
    schema: Text,
    default: undefined,
    description:
      'The shared token. In mode "token" one is derived from the gateway\'s own key when none is set.',
    allowed: 'a text that is not empty',
    secret: true,
    env: 'OPENCLAW_GATEWAY_TOKEN',
    flag: '--token',
    applies: 'live',
  },
  'gateway.auth.password': {
    schema: Text,
    default: undefined,
    description: 'The shared password of mode "password".',
    allowed: 'a text that is not empty',
    secret: true,
    env: 'OPENCLAW_GATEWAY_PASSWORD',
    flag: '--password',
    applies: 'live',
  },
  'gateway.auth.sharedSecret': {
    schema: Type.Enum(['on', 'off']),
    default: 'on',
    description: 'Whether the shared token or password works at all; "off" leaves device tokens only.',
    allowed: '"on" or "off"',
    applies: 'live',
  },
  ...LEAVE_NONE_SETTINGS,
  'gateway.remote.url': {
    schema: Text,
    default: undefined,
    description: 'The gateway that commands talk to when `gateway.mode` is "remote".',
    allowed: 'an address such as wss://gateway.example:8443',
    env: 'OPENCLAW_GATEWAY_URL',
    flag: '--url',
    fault: remoteUrlFault,
    applies: 'commands',
  },
  'gateway.remote.token': {
    schema: Text,
    default: undefined,
    description: 'The shared token of the remote gateway.',
    allowed: 'a text that is not empty',
    secret: true,
    applies: 'commands',
  },
  'gateway.remote.password': {
    schema: Text,
    default: undefined,
    description: 'The password of the remote gateway.',
    allowed: 'a text that is not empty',
    secret: true,
    applies: 'commands',
  },
  'gateway.remote.tlsFingerprint': {
    schema: Text,
    default: undefined,
    description:
      'The only certificate that commands accept from the remote gateway, by its SHA-256 or that of its key.',
    allowed: 'a SHA-256 fingerprint: 64 hex digits, with or without colons',
    fault: tlsFingerprintFault,
    applies: 'commands',
  },
  'gateway.tls.enabled': {
    schema: Type.Boolean(),
    default: undefined,
    description:
      'Whether the gateway speaks TLS; unset means: if certificate and key are named. Without them it makes its own.',
    allowed: 'true or false',
    applies: 'restart',
  },
  'gateway.tls.autoGenerate': {
    schema: Type.Boolean(),
    default: true,
    description: 'Whether `gateway.tls.enabled` without files makes a certificate, or refuses to start.',
    allowed: 'true or false',
    applies: 'restart',
  },
  'gateway.tls.cert': {
    schema: Text,
    default: undefined,
    description:
      'Path of the TLS certificate chain (PEM), relative to the config file; a new content is used at once.',
    allowed: 'the path of a PEM file',
    applies: 'restart',
    fault: filePathFault,
  },
  'gateway.tls.key': {
    schema: Text,
    default: undefined,
    description: 'Path of the private key of that certificate (PEM), relative to the config file.',
    allowed: 'the path of a PEM file',
    applies: 'restart',
    fault: filePathFault,
  },
  'gateway.trustedProxies': {
    schema: Texts,
    default: [],
    description: 'Addresses and ranges of the reverse proxies whose forwarding headers are believed.',
    allowed: 'a list of IP addresses and ranges, for example ["10.0.0.5", "172.18.0.0/16"]',
    fault: trustedProxiesFault,
    applies: 'live',
  },
  'gateway.controlUi.enabled': {
    schema: Type.Boolean(),
    default: true,
    description:
      'Whether the gateway serves its pages. Without them no key lies in its origin, so upstreams may share `gateway.port`, and browsers are sent nowhere to pair.',
    allowed: 'true or false',
    applies: 'restart',
  },
  'gateway.controlUi.allowedOrigins': {
    schema: Texts,
    default: [],
    description: "Web origins beside the gateway's own whose pages may connect.",
    allowed: 'a list of origins, for example ["https://console.example"]',
    fault: allowedOriginsFault,
    applies: 'live',
  },
  'gateway.allowedHosts': {
    schema: Texts,
    default: [],
    description: 'Names by which clients may call this gateway, beside its own names and IP addresses.',
    allowed: 'a list of host names, for example ["gateway.example"]',
    fault: allowedHostsFault,
    applies: 'live',
  },
  ...PAIRING_SETTINGS,
  ...SESSION_SETTINGS,
  'gateway.database.url': {
    schema: Text,
    default: undefined,
    description: 'A PostgreSQL database instead of the file in the state directory.',
    allowed: 'the address of a PostgreSQL database, such as postgres://user:password@host:5432/database',
    secret: true,
    env: 'DATABASE_URL',
    fault: databaseUrlFault,
    applies: 'restart',
  },
  'gateway.feed.keepDays': {
    schema: Type.Integer({ minimum: 1, maximum: 3_650 }),
    default: 14,
    description: 'How many days is kept what strangers cause: requests, refused connects, lockouts.',
    allowed: 'a whole number of days from 1 to 3650',
    applies: 'restart',
  },
  'gateway.feed.maxRows': {
    schema: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
    default: 20_000,
    description: 'How many rows of it are kept at most; the oldest go.',
    allowed: 'a whole number from 1 to 10000000',
    applies: 'restart',
  },
  ...LIMIT_SETTINGS,
  ...UPSTREAM_SETTINGS,
  'logging.level': {
    schema: Type.Enum(['debug', 'info', 'warn', 'error', 'silent']),
    default: undefined,
    description: 'From which weight on lines are logged; unset means "info", or "debug" with `--verbose`.',
    allowed: '"debug", "info", "warn", "error", or "silent"',
    flag: '--verbose',
    applies: 'live',
  },
} as const satisfies Record<string, ConfigRow>

export type ConfigKey = keyof typeof CONFIG
export const CONFIG_KEYS = Object.keys(CONFIG) as readonly ConfigKey[]

/** Every setting with a value of its own type; those without a default may be missing. */
export type ConfigValues = { readonly [K in ConfigKey]: ConfigValue<K> }
export type ConfigValue<K extends ConfigKey> =
  | Static<(typeof CONFIG)[K]['schema']>
  | ((typeof CONFIG)[K]['default'] extends undefined ? undefined : never)

/** @returns the key, or `undefined` for a path that is no setting. */
export function parseConfigKey(path: string): ConfigKey | undefined {
  return Object.hasOwn(CONFIG, path) ? (path as ConfigKey) : undefined
}

/** The row of a key, with all its optional columns. */
export function configRow(key: ConfigKey): ConfigRow {
  return CONFIG[key]
}
