import fc from 'fast-check'
import { CONFIG_KEYS, type ConfigKey, configRow } from '../../src/config/config-schema.ts'
import type { ConfigEdit } from '../../src/config/editing/edit-config-text.ts'

const ip = fc.ipV4()
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,10}\.example$/)

/** Values that pass the checks of a row beyond its type. */
const SPECIAL: Readonly<Partial<Record<ConfigKey, fc.Arbitrary<unknown>>>> = {
  'gateway.customBindHost': ip,
  'gateway.remote.url': name.map((host) => `wss://${host}`),
  'gateway.trustedProxies': fc.array(ip, { maxLength: 4 }),
  'gateway.controlUi.allowedOrigins': fc.array(
    name.map((host) => `https://${host}`),
    { maxLength: 4 },
  ),
  'gateway.allowedHosts': fc.array(name, { maxLength: 4 }),
  'gateway.pairing.defaultSession': fc.constantFrom('own', 'main', 'work'),
  'gateway.pairing.tokenTtl': fc.constantFrom('30d', '12h', '90m'),
  'gateway.pairing.idleTtl': fc.constantFrom('4w', '24h', '60m'),
  'gateway.upstreams': fc
    .uniqueArray(name, { maxLength: 3 })
    .map((hosts) =>
      hosts.map((host) => ({ match: { host }, target: 'http://127.0.0.1:3000', auth: 'public' })),
    ),
  'gateway.database.url': name.map((host) => `postgres://user:secret@${host}/db`),
}

interface PlainSchema {
  readonly type?: string
  readonly enum?: readonly string[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
}

/** Any value that the schema allows for a setting. */
export function settingValue(key: ConfigKey): fc.Arbitrary<unknown> {
  const special = SPECIAL[key]
  if (special) return special
  const { type, enum: words, minimum = 0, maximum = 0, maxLength = 0 } = configRow(key).schema as PlainSchema
  if (words) return fc.constantFrom(...words)
  if (type === 'integer') return fc.integer({ min: minimum, max: maximum })
  if (type === 'boolean') return fc.boolean()
  return fc.string({ unit: 'binary', minLength: 1, maxLength: Math.min(40, maxLength) })
}

export const anyKey = fc.constantFrom(...CONFIG_KEYS)
export const anySetting = anyKey.chain((key) =>
  settingValue(key).map((value): ConfigEdit => ({ key, value })),
)

/** White space and comments, as people put them anywhere between two words. */
const comment = fc.stringMatching(/^[a-z {}:,'"]{0,12}$/)
const filler = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', ' ', '\n', '\n    ', '\t') },
  comment.map((text) => `/*${text}*/`),
  comment.map((text) => `//${text}\n`),
)

/** A config file as somebody may have written it by hand, with these settings in it. */
export function writtenByHand(settings: object): fc.Arbitrary<string> {
  return fc.tuple(filler, write(settings), filler).map((parts) => parts.join(''))
}

function write(value: unknown): fc.Arbitrary<string> {
  if (Array.isArray(value)) return writeList(value)
  if (typeof value === 'object' && value !== null) return writeObject(Object.entries(value))
  // What JSON leaves as it is, JSON5 may warn about.
  const text = JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  return fc.constant(text)
}

function writeList(entries: readonly unknown[]): fc.Arbitrary<string> {
  const items = entries.map((entry) => fc.tuple(filler, write(entry), filler).map((parts) => parts.join('')))
  return fc.tuple(fc.tuple(...items), filler).map(([all, end]) => `[${all.join(',')}${end}]`)
}

function writeObject(entries: readonly [string, unknown][]): fc.Arbitrary<string> {
  const members = entries.map(([key, value]) =>
    fc
      .tuple(filler, fc.constantFrom(key, `'${key}'`, `"${key}"`), filler, filler, write(value), filler)
      .map(([before, written, one, two, text, after]) => `${before}${written}${one}:${two}${text}${after}`),
  )
  return fc
    .tuple(fc.tuple(...members), filler, fc.boolean())
    .map(([all, end, comma]) => `{${all.join(',')}${comma && all.length > 0 ? ',' : ''}${end}}`)
}
