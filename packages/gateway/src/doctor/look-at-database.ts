import {
  CHAIN_FAULTS,
  type ChainVerdict,
  createCheckHead,
  createVerifyChain,
  type Device,
  idleDeadline,
  type Token,
} from '@pairgate/core'
import { EVERY_SESSION } from '@pairgate/protocol'
import { lookAtStore, type StoreLook, StoreUnavailable } from '@pairgate/store'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { createNodeCrypto } from '../platform/node-crypto.ts'
import { readHead } from '../state/event-head.ts'
import { statOf } from '../state/file-modes.ts'
import { readOldEventsKeys } from '../state/old-events-keys.ts'
import { explainStore } from '../state/open-database.ts'
import { describeFault } from '../state/open-event-log.ts'
import { createEventSeal, findEventsKey, findTokenKey, fitsKey } from '../state/secrets.ts'
import { StateError } from '../state/state-error.ts'
import { type Finding, findingOf, orFine } from './finding.ts'
import type { DeviceFacts, TokenFacts } from './judge-devices.ts'
import { judgeOwnTokens, type OwnToken } from './judge-own-tokens.ts'
import { attempt } from './look-at-files.ts'

export interface DatabaseLook {
  readonly findings: readonly Finding[]
  /** `undefined` where they were not read. */
  readonly devices: readonly DeviceFacts[] | undefined
  readonly newestAtMs: number | undefined
}

export interface DatabaseOptions {
  readonly env: Env
  readonly url: string | undefined
  readonly idleMs: number | undefined
  /** It answers for devices and event log itself, and knows what is under way. */
  readonly isRunning: boolean
  readonly nowMs: number
  /** Device tokens of this machine. */
  readonly tokens: readonly OwnToken[]
  readonly fingerprintOf: (secret: string) => string
}

const MOST_CHECKED_BYTES = 256 * 1_048_576
const MOST_VERIFIED = 100_000
const MOST_DEVICES = 20_000

/** The database with its keys and its event log, as it stands; nothing in it is changed. */
export async function lookAtDatabase(paths: StatePaths, options: DatabaseOptions): Promise<DatabaseLook> {
  const place = { path: paths.database, url: options.url, mostBytes: MOST_CHECKED_BYTES }
  if (options.url === undefined && !(await statOf(paths.database)))
    return nothing({ check: 'database', level: 'note', what: `There is no ${paths.database} yet.` })
  let look: StoreLook
  try {
    look = await lookAtStore(place)
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error
    const where = options.url === undefined ? ` ${paths.database}` : ''
    return nothing(
      findingOf('database', 'fail', explainStore(`Cannot open the database${where}`, error).message),
    )
  }
  try {
    const state = judgeState(look)
    if (look.schema !== 'latest') return nothing(state)
    return await lookInside(look, state, { paths, ...options })
  } finally {
    await look.close()
  }
}

/** Which keys are the right ones is settled by the next start, so nothing can be held against them now. */
const UNFINISHED: Finding = {
  check: 'keys',
  level: 'warn',
  what: 'A change of keys was cut off. The next start ends it, with the old keys or the new ones.',
  advice: 'openclaw gateway run',
}

function nothing(...findings: readonly Finding[]): DatabaseLook {
  return { findings, devices: undefined, newestAtMs: undefined }
}

function judgeState({ engine, schema, soundness }: StoreLook): Finding {
  const check = 'database'
  const name = engine === 'sqlite' ? 'SQLite' : 'PostgreSQL'
  if (soundness !== undefined && soundness !== 'ok') {
    const what = `The database is damaged: ${soundness}`
    return { check, level: 'fail', what, advice: 'openclaw backup restore <file>' }
  }
  if (schema === 'newer') {
    const advice = 'Use the version that made it, or a later one.'
    return { check, level: 'fail', what: `${name}; a newer version has changed its tables.`, advice }
  }
  if (schema === 'older') {
    const what = `${name}; its tables are of an older version. The next start brings them up to date.`
    return { check, level: 'note', what, advice: 'openclaw backup create' }
  }
  if (schema === 'none') return { check, level: 'note', what: `${name}, without tables of Pairgate yet.` }
  if (soundness === undefined && engine === 'sqlite') {
    const what = `${name}, of this version; too large to be checked here from end to end.`
    return { check, level: 'note', what, advice: 'openclaw backup create' }
  }
  return {
    check,
    level: 'ok',
    what: `${name}, ${soundness === undefined ? '' : 'sound and '}of this version.`,
  }
}

interface Inside extends DatabaseOptions {
  readonly paths: StatePaths
}

async function lookInside({ read }: StoreLook, state: Finding, inside: Inside): Promise<DatabaseLook> {
  if (await statOf(inside.paths.newKeys)) return nothing(state, UNFINISHED)
  const keys = await lookAtKeys(read, inside)
  const log = inside.isRunning ? [] : [await lookAtLog(read, inside)]
  const { seq } = await read.eventHead()
  const [newest] = seq === 0 ? [] : await read.eventsAfter(seq - 1, 1)
  const devices = inside.isRunning ? undefined : await readDevices(read, inside.idleMs)
  const own = await judgeOwnTokens(inside.tokens, read, inside)
  const findings = [
    state,
    ...orFine('keys', 'They are there, and the token key belongs to the database.', keys),
    ...log,
    ...orFine('device-tokens', 'This machine keeps none.', own),
  ]
  return { findings, devices, newestAtMs: newest?.at }
}

async function lookAtKeys(read: StoreLook['read'], { paths, env }: Inside): Promise<readonly Finding[]> {
  const token = await attempt(() => findTokenKey(paths, env))
  const events = await attempt(() => findEventsKey(paths, env))
  const faults = [token, events].filter((key) => key instanceof StateError)
  if (faults.length > 0) return faults.map(({ message }) => findingOf('keys', 'fail', message))
  const missing = [token ? [] : [paths.tokenKey], events ? [] : [paths.eventsKey]].flat()
  if (missing.length > 0) {
    const what = `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`
    const advice = 'Put it back from where it was kept: with a new one no device could be let in.'
    return [{ check: 'keys', level: 'fail', what, advice }]
  }
  if (token instanceof Uint8Array && (await fitsKey(read, token)) === false) {
    const what = 'The token key does not belong to this database.'
    const advice = `Put the right ${paths.tokenKey} (or PAIRGATE_TOKEN_KEY) back from where it was kept.`
    return [{ check: 'keys', level: 'fail', what, advice }]
  }
  return []
}

async function lookAtLog(read: StoreLook['read'], { paths, env }: Inside): Promise<Finding> {
  const check = 'event-log'
  const noted = await attempt(() => readHead(paths.eventHead))
  const key = await attempt(() => findEventsKey(paths, env))
  const old = await attempt(() => readOldEventsKeys(paths))
  if (noted instanceof StateError) return findingOf(check, 'fail', noted.message)
  if (old instanceof StateError) return findingOf(check, 'fail', old.message)
  if (key instanceof StateError || !key) {
    const what = 'It cannot be verified without its key.'
    return { check, level: 'warn', what }
  }
  const seal = createEventSeal(key, old)
  const verifyChain = createVerifyChain({ read, seal, crypto: createNodeCrypto() })
  const isLong = (await read.headSeq()) > MOST_VERIFIED
  const verdict = await (isLong
    ? createCheckHead({ read, verifyChain })(noted)
    : verifyChain({ head: noted }))
  return judgeVerdict(verdict, isLong)
}

function judgeVerdict(verdict: ChainVerdict, isLong: boolean): Finding {
  const check = 'event-log'
  if (!verdict.ok) {
    const { advice } = CHAIN_FAULTS[verdict.fault]
    return { check, level: 'fail', what: `It does not verify. ${describeFault(verdict)}`, advice }
  }
  if (!isLong) return { check, level: 'ok', what: `${verdict.events} events verify.` }
  const what = 'It leads up to its noted end; it is too long to be verified here.'
  return { check, level: 'note', what, advice: 'openclaw audit verify --timeout 600000' }
}

async function readDevices(
  read: StoreLook['read'],
  idleMs: number | undefined,
): Promise<readonly DeviceFacts[] | undefined> {
  if ((await read.countDevices()) > MOST_DEVICES) return undefined
  const [devices, tokens] = await Promise.all([read.listDevices(), read.listTokens()])
  const byDevice = Map.groupBy(tokens, ({ deviceId }) => deviceId)
  return devices.map((device) => factsOf(device, byDevice.get(device.id) ?? [], idleMs))
}

function factsOf(device: Device, tokens: readonly Token[], idleMs: number | undefined): DeviceFacts {
  const { id, operatorLabel, displayName, roles, scopes, lastSeenAt } = device
  const name = operatorLabel ?? displayName
  return {
    id,
    name,
    roles,
    scopes,
    lastSeenAtMs: lastSeenAt,
    tokens: tokens.map((token) => tokenFacts(token, idleMs)),
  }
}

function tokenFacts(token: Token, idleMs: number | undefined): TokenFacts {
  const ends = [token.expiresAt, idleDeadline(token, idleMs)].filter((at) => at !== undefined)
  return {
    role: token.role,
    scopes: token.scopes,
    opensEverySession: token.sessionId === EVERY_SESSION,
    isRevoked: token.revokedAt !== undefined,
    expiresAtMs: ends.length === 0 ? undefined : Math.min(...ends),
    usedAtMs: Math.max(token.createdAt, token.rotatedAt ?? 0, token.renewedAt ?? 0, token.lastUsedAt ?? 0),
  }
}
