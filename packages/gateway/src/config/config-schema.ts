import { type Static, type TSchema, Type } from 'typebox'
import {
  allowedHostsFault,
  allowedOriginsFault,
  bindHostFault,
  databaseUrlFault,
  remoteUrlFault,
  trustedProxiesFault,
} from './config-checks.ts'

const Text = Type.String({ minLength: 1, maxLength: 4_096 })
const Texts = Type.Array(Text, { maxItems: 1_000 })
const count = (maximum: number) => Type.Integer({ minimum: 1, maximum })

/** One setting: what it may be, what it is when nobody says, and the words for people. */
export interface ConfigRow {
  readonly schema: TSchema
  readonly default: unknown
  readonly description: string
  /** Completes "Use …" in error messages. */
  readonly allowed: string
  /** Never shown, logged or repeated in an error. */
  readonly secret?: boolean
  readonly env?: string
  /** The flag of `gateway run` that sets it, for error messages. */
  readonly flag?: string
  /** What is wrong with a value of the right type, or `undefined`. */
  readonly fault?: (value: never) => string | undefined
}

/** Every setting there is; reader, errors, `openclaw config` and the documentation read it here. */
export const CONFIG = {
  'gateway.mode': {
    schema: Type.Enum(['local', 'remote']),
    default: 'local',
    description: 'Whether the commands of this machine talk to a gateway here or to `gateway.remote.url`.',
    allowed: '"local" or "remote"',
  },
  'gateway.port': {
    schema: Type.Integer({ minimum: 0, maximum: 65_535 }),
    default: 18_789,
    description: 'TCP port for WebSocket and HTTP; 0 takes any free port.',
    allowed: 'a port number from 1 to 65535, for example 18789',
    env: 'OPENCLAW_GATEWAY_PORT',
    flag: '--port',
  },
  'gateway.bind': {
    schema: Type.Enum(['loopback', 'lan', 'tailnet', 'auto', 'custom']),
    default: 'loopback',
    description: 'Which addresses listen: this machine only, the local network, the tailnet, or one address.',
    allowed: '"loopback", "lan", "tailnet", "auto", or "custom"',
    flag: '--bind',
  },
  'gateway.customBindHost': {
    schema: Text,
    default: undefined,
    description: 'The IP address that listens when `gateway.bind` is "custom".',
    allowed: 'an IP address of this machine',
    fault: bindHostFault,
  },
  'gateway.allowPlaintext': {
    schema: Type.Boolean(),
    default: false,
    description:
      'Listen beyond this machine without TLS: whoever is on the way can read and change everything.',
    allowed: 'true or false',
  },
  'gateway.auth.mode': {
    schema: Type.Enum(['pairing', 'token', 'password', 'none', 'trusted-proxy']),
    default: 'pairing',
    description:
      'What a device needs before it may ask to be paired: nothing, the shared token, or the password.',
    allowed: '"pairing", "token", "password", or "none"',
    flag: '--auth',
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
  },
  'gateway.auth.password': {
    schema: Text,
    default: undefined,
    description: 'The shared password of mode "password".',
    allowed: 'a text that is not empty',
    secret: true,
    env: 'OPENCLAW_GATEWAY_PASSWORD',
    flag: '--password',
  },
  'gateway.auth.sharedSecret': {
    schema: Type.Enum(['on', 'off']),
    default: 'on',
    description: 'Whether the shared token or password works at all; "off" leaves device tokens only.',
    allowed: '"on" or "off"',
  },
  'gateway.remote.url': {
    schema: Text,
    default: undefined,
    description: 'The gateway that commands talk to when `gateway.mode` is "remote".',
    allowed: 'an address such as wss://gateway.example:8443',
    env: 'OPENCLAW_GATEWAY_URL',
    flag: '--url',
    fault: remoteUrlFault,
  },
  'gateway.remote.token': {
    schema: Text,
    default: undefined,
    description: 'The shared token of the remote gateway.',
    allowed: 'a text that is not empty',
    secret: true,
  },
  'gateway.remote.password': {
    schema: Text,
    default: undefined,
    description: 'The password of the remote gateway.',
    allowed: 'a text that is not empty',
    secret: true,
  },
  'gateway.tls.cert': {
    schema: Text,
    default: undefined,
    description: 'Path of the TLS certificate chain (PEM), relative to the config file.',
    allowed: 'the path of a PEM file',
  },
  'gateway.tls.key': {
    schema: Text,
    default: undefined,
    description: 'Path of the private key of that certificate (PEM), relative to the config file.',
    allowed: 'the path of a PEM file',
  },
  'gateway.trustedProxies': {
    schema: Texts,
    default: [],
    description: 'Addresses and ranges of the reverse proxies whose forwarding headers are believed.',
    allowed: 'a list of IP addresses and ranges, for example ["10.0.0.5", "172.18.0.0/16"]',
    fault: trustedProxiesFault,
  },
  'gateway.controlUi.allowedOrigins': {
    schema: Texts,
    default: [],
    description: "Web origins beside the gateway's own whose pages may connect.",
    allowed: 'a list of origins, for example ["https://console.example"]',
    fault: allowedOriginsFault,
  },
  'gateway.allowedHosts': {
    schema: Texts,
    default: [],
    description: 'Names by which clients may call this gateway, beside its own names and IP addresses.',
    allowed: 'a list of host names, for example ["gateway.example"]',
    fault: allowedHostsFault,
  },
  'gateway.pairing.approveLatest': {
    schema: Type.Enum(['strict', 'documented']),
    default: 'strict',
    description: 'Whether approving without an id acts only when one request is open, or on the newest.',
    allowed: '"strict" or "documented"',
  },
  'gateway.database.url': {
    schema: Text,
    default: undefined,
    description: 'A PostgreSQL database instead of the file in the state directory.',
    allowed: 'the address of a PostgreSQL database, such as postgres://user:password@host:5432/database',
    secret: true,
    env: 'DATABASE_URL',
    fault: databaseUrlFault,
  },
  'gateway.limits.unauthenticatedPerPeer': {
    schema: count(100_000),
    default: 32,
    description: 'Sockets that one address may hold open before they have proved anything.',
    allowed: 'a whole number from 1 to 100000',
  },
  'gateway.limits.unauthenticatedInAll': {
    schema: count(1_000_000),
    default: 1_024,
    description: 'Such sockets of all addresses together.',
    allowed: 'a whole number from 1 to 1000000',
  },
  'gateway.limits.handshakeMs': {
    schema: Type.Integer({ minimum: 1, maximum: 600_000 }),
    default: 15_000,
    description: 'Time for the handshake, in milliseconds.',
    allowed: 'a whole number of milliseconds from 1 to 600000',
    env: 'OPENCLAW_HANDSHAKE_TIMEOUT_MS',
  },
  'gateway.limits.pendingPerDevice': {
    schema: count(1_000),
    default: 4,
    description: 'Open pairing requests of one device.',
    allowed: 'a whole number from 1 to 1000',
  },
  'gateway.limits.pendingPerPeer': {
    schema: count(100_000),
    default: 10,
    description: 'Open pairing requests of one address, or of one IPv6 /64.',
    allowed: 'a whole number from 1 to 100000',
  },
  'gateway.limits.pendingInAll': {
    schema: count(1_000_000),
    default: 1_000,
    description: 'Open pairing requests in all; when full, the newest of the busiest address makes room.',
    allowed: 'a whole number from 1 to 1000000',
  },
  'gateway.limits.failuresPerPeer': {
    schema: count(100_000),
    default: 10,
    description:
      'Wrong shared secrets from one address, or one IPv6 /64, within the window; then it is locked.',
    allowed: 'a whole number from 1 to 100000',
  },
  'gateway.limits.failuresInAll': {
    schema: count(1_000_000),
    default: 300,
    description:
      'Wrong shared secrets from everybody within the window; then none is compared until the window ends.',
    allowed: 'a whole number from 1 to 1000000',
  },
  'gateway.limits.failureWindowMs': {
    schema: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
    default: 60_000,
    description: 'The window in which wrong secrets are counted, in milliseconds.',
    allowed: 'a whole number of milliseconds from 1000 to 86400000',
  },
  'gateway.limits.lockoutMs': {
    schema: Type.Integer({ minimum: 1_000, maximum: 86_400_000 }),
    default: 300_000,
    description: 'How long a locked address stays locked, in milliseconds; a correct secret is refused too.',
    allowed: 'a whole number of milliseconds from 1000 to 86400000',
  },
  'gateway.limits.requestsPerSecond': {
    schema: count(1_000_000),
    default: 200,
    description: 'Requests per second of one connection in the long run; five times as many at once.',
    allowed: 'a whole number from 1 to 1000000',
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
