import type { ConfigSetting } from '@pairgate/protocol/wire'
import type { ConfigKey, ConfigValues } from '../config/config-schema.ts'
import type { CheckedConfig } from '../config/read-config.ts'
import type { Env } from '../config/state-dir.ts'
import { sharedTokenOf } from '../state/secrets.ts'
import type { Finding } from './finding.ts'
import { isShortSecret } from './judge-exposure.ts'

export interface CopiesContext {
  readonly env: Env
  /** The settings as a gateway that started from this shell would have them. */
  readonly checked: CheckedConfig
  /** Those of the running gateway, where one answered. */
  readonly running: readonly ConfigSetting[] | undefined
  readonly tokenKey: Uint8Array | undefined
  /** Names a secret without telling anything of it. */
  readonly fingerprintOf: (secret: string) => string
}

interface Copy {
  readonly place: string
  readonly fingerprint: string
}

interface SharedKind {
  readonly name: 'token' | 'password'
  readonly key: ConfigKey & ('gateway.auth.token' | 'gateway.auth.password')
  readonly variable: string
}

const KINDS: readonly SharedKind[] = [
  { name: 'token', key: 'gateway.auth.token', variable: 'OPENCLAW_GATEWAY_TOKEN' },
  { name: 'password', key: 'gateway.auth.password', variable: 'OPENCLAW_GATEWAY_PASSWORD' },
]

/** Every copy of the shared secrets, by fingerprint, and which one wins. */
export function judgeCopies(context: CopiesContext): readonly Finding[] {
  const found = KINDS.flatMap((kind) => judgeKind(kind, context))
  if (found.length > 0) return found
  return [{ check: 'secret-copies', level: 'ok', what: 'None is set; a device needs none to ask.' }]
}

function judgeKind(kind: SharedKind, context: CopiesContext): readonly Finding[] {
  const copies = copiesOf(kind, context)
  const winner = winnerOf(kind, context, copies)
  if (copies.length === 0 && !winner) return []
  const list = copies.map(({ place, fingerprint }) => `${place} (${fingerprint})`).join(', ')
  const wins = winner
    ? `The gateway takes that of ${winner.place} (${winner.fingerprint}).`
    : 'No gateway takes it.'
  const what = `${kind.name}: ${list === '' ? 'no copy here' : list}. ${wins}`
  const drift = winner && copies.find(({ fingerprint }) => fingerprint !== winner.fingerprint)
  const told: Finding = drift
    ? { check: 'secret-copies', level: 'warn', what, advice: adviceFor(kind, drift, winner) }
    : { check: 'secret-copies', level: 'ok', what }
  return [told, ...judgeStrength(kind, context.checked.values)]
}

function copiesOf(
  { key, variable }: SharedKind,
  { env, checked, fingerprintOf }: CopiesContext,
): readonly Copy[] {
  const inFile = checked.inFile.get(key)
  const inEnv = env[variable]
  return [
    ...(inEnv ? [{ place: `the variable ${variable}`, fingerprint: fingerprintOf(inEnv) }] : []),
    ...(typeof inFile === 'string'
      ? [{ place: `the file, ${key}`, fingerprint: fingerprintOf(inFile) }]
      : []),
  ]
}

/** What a gateway compares with: the running one, else one that would start from this shell. */
function winnerOf(kind: SharedKind, context: CopiesContext, copies: readonly Copy[]): Copy | undefined {
  const { running } = context
  const setting = running?.find(({ key }) => key === kind.key)
  const mode =
    running?.find(({ key }) => key === 'gateway.auth.mode')?.value ??
    context.checked.values['gateway.auth.mode']
  if (setting?.fingerprint !== undefined)
    return { place: placeOf(kind, setting), fingerprint: setting.fingerprint }
  if (running === undefined && copies[0]) return copies[0]
  const { tokenKey, fingerprintOf } = context
  if (kind.name !== 'token' || mode !== 'token' || !tokenKey) return undefined
  return {
    place: 'secrets/token.key, out of which it is derived',
    fingerprint: fingerprintOf(sharedTokenOf(tokenKey)),
  }
}

function placeOf({ key }: SharedKind, { source, by }: ConfigSetting): string {
  if (source === 'file') return `the file, ${key}`
  return by === undefined ? source : `${source === 'env' ? 'its variable' : 'its flag'} ${by}`
}

function adviceFor({ key, variable }: SharedKind, drift: Copy, winner: Copy): string {
  if (drift.place.includes(variable)) {
    return `Take the wrong one out of this shell: unset ${variable}`
  }
  return winner.place.includes('variable') || winner.place.includes('flag')
    ? `Keep one of the two: openclaw config unset ${key}, or start the gateway without ${winner.place.replace('its ', 'the ')}`
    : 'Let the gateway read its file: openclaw config validate, and then openclaw call config.reload'
}

function judgeStrength({ name, key }: SharedKind, values: ConfigValues): readonly Finding[] {
  const value = values[key]
  if (value === undefined || !isShortSecret(value)) return []
  const what = `The shared ${name} is short enough to be guessed in the end; paired devices need none.`
  return [{ check: 'secret-copies', level: 'note', what, advice: `openclaw config set ${key} -` }]
}
