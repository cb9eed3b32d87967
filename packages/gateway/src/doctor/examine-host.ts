import type { ConfigSetting, TlsReport } from '@pairgate/protocol/wire'
import { ConfigError } from '../config/config-error.ts'
import { CONFIG_KEYS, type ConfigValues } from '../config/config-schema.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { type CheckedConfig, gatewayConfigOf } from '../config/read-config.ts'
import type { Env, StatePaths } from '../config/state-dir.ts'
import { randomKey } from '../platform/node-random.ts'
import { statOf } from '../state/file-modes.ts'
import { findLocalKey, findTokenKey, secretFingerprint } from '../state/secrets.ts'
import { StateError } from '../state/state-error.ts'
import { type Finding, orFine } from './finding.ts'
import { judgeAddress, judgeClock } from './judge-address.ts'
import { judgeCopies } from './judge-copies.ts'
import { judgeDevices } from './judge-devices.ts'
import { judgeExposure } from './judge-exposure.ts'
import type { OwnToken } from './judge-own-tokens.ts'
import { lookAtDatabase } from './look-at-database.ts'
import { attempt, lookAtFiles } from './look-at-files.ts'
import { lookAtForeignState } from './look-at-foreign-state.ts'
import { lookAtLeftovers } from './look-at-leftovers.ts'
import { isLockHeld } from './look-at-lock.ts'
import { lookAtPort } from './look-at-port.ts'
import { lookAtSettings } from './look-at-settings.ts'
import { lookAtTls } from './look-at-tls.ts'

/** What the gateway of this host says of itself, where one answers. */
export interface RunningFacts {
  readonly settings: readonly ConfigSetting[]
  readonly tls: TlsReport | undefined
  readonly database: string | undefined
}

export interface HostExamination {
  readonly paths: StatePaths
  readonly env: Env
  readonly home: string
  readonly nowMs: number
  readonly running: RunningFacts | undefined
  /** Device tokens of this machine. */
  readonly tokens: readonly OwnToken[]
  /** How long to wait for an address. */
  readonly timeoutMs: number
}

interface Examined extends HostExamination {
  readonly checked: CheckedConfig
  /** `undefined` where settings contradict each other, which is a finding of its own. */
  readonly config: GatewayConfig | undefined
  readonly isRunning: boolean
}

/** Looks at all that lies on the host of a gateway. Changes nothing, and nothing in it takes long. */
export async function examineHost(host: HostExamination): Promise<readonly Finding[]> {
  const { paths, env, running } = host
  const settings = lookAtSettings(paths.configFile, env, running?.settings)
  const files = await lookAtFiles(paths)
  const isLocked = files.sight === 'open' && isLockHeld(paths.lock)
  const config = configOf(settings.checked, running?.settings, paths.configFile)
  const isRunning = running !== undefined || isLocked
  const examined: Examined = { ...host, checked: settings.checked, config, isRunning }
  return [
    ...settings.findings,
    ...files.findings,
    ...(isLocked && !running ? [unanswered(paths)] : []),
    ...(isRunning ? [] : await lookAtPort(settings.checked.values['gateway.port'])),
    ...(files.sight === 'closed' ? [] : await lookAtLeftovers(paths, { nowMs: host.nowMs, isRunning })),
    ...(files.sight === 'open' ? await lookInside(examined) : []),
    ...(config ? judgeExposure(config, host.nowMs) : []),
    ...(config ? await lookOutside(config, examined) : []),
    ...(await lookAtForeignState(paths, host.home)),
  ]
}

function unanswered({ lock, ownerSocket }: StatePaths): Finding {
  const what = `A process holds ${lock}, but nobody answers at ${ownerSocket}.`
  const advice =
    'It may be starting or stopping: look into its log, and try again. OPENCLAW_GATEWAY_SOCK may name another socket.'
  return { check: 'gateway', level: 'warn', what, advice }
}

async function lookInside(examined: Examined): Promise<readonly Finding[]> {
  const { paths, env, nowMs, running, checked, isRunning, tokens } = examined
  const [localKey, tokenKey] = [
    await usable(() => findLocalKey(paths)),
    await usable(() => findTokenKey(paths, env)),
  ]
  const runKey = localKey ?? randomKey()
  const fingerprintOf = (secret: string) => secretFingerprint(runKey, secret)
  const url = checked.values['gateway.database.url']
  const isElsewhere = running?.database === 'postgres' && url === undefined
  const idleMs = examined.config?.pairing.idleTtlMs
  const database = isElsewhere
    ? undefined
    : await lookAtDatabase(paths, { env, url, idleMs, isRunning, nowMs, tokens, fingerprintOf })
  const { devices, newestAtMs } = database ?? {}
  const openClaim = (await usable(() => lookForClaim(paths))) ?? false
  return [
    ...judgeCopies({ env, checked, running: running?.settings, tokenKey, fingerprintOf }),
    ...(database?.findings ?? [elsewhere()]),
    ...(devices ? judgeDevices(devices, { nowMs, openClaim }) : []),
    ...orFine('clock', 'It is not behind the newest event.', judgeNewest(newestAtMs, nowMs)),
  ]
}

function judgeNewest(newestAtMs: number | undefined, nowMs: number): readonly Finding[] {
  const isAhead = newestAtMs !== undefined && newestAtMs > nowMs
  return isAhead ? judgeClock(newestAtMs, nowMs, 'the newest event') : []
}

function elsewhere(): Finding {
  const what =
    'The gateway uses a PostgreSQL database that this shell knows no address of, so it was not looked at.'
  return { check: 'database', level: 'note', what, advice: 'Set DATABASE_URL as the gateway has it.' }
}

async function lookForClaim(paths: StatePaths): Promise<boolean> {
  return (await statOf(paths.claimLink)) !== undefined
}

/** What cannot be read is a finding of the files already. */
async function usable<T>(work: () => Promise<T>): Promise<T | undefined> {
  const found = await attempt(work)
  return found instanceof StateError ? undefined : found
}

async function lookOutside(config: GatewayConfig, host: Examined): Promise<readonly Finding[]> {
  const { nowMs, timeoutMs, running, paths } = host
  const own = await lookAtTls(config, { paths, nowMs, report: running?.tls })
  const { publicUrl } = config.pairing
  if (publicUrl === undefined) return own.findings
  return [...own.findings, ...(await judgeAddress(publicUrl, { nowMs, own: own.fingerprint, timeoutMs }))]
}

/** The settings of the running gateway, else those of one that would start from this shell. */
function configOf(
  checked: CheckedConfig,
  running: readonly ConfigSetting[] | undefined,
  file: string,
): GatewayConfig | undefined {
  const known = new Map(running?.map(({ key, value }) => [key, value]))
  const values = running
    ? Object.fromEntries(CONFIG_KEYS.map((key) => [key, known.get(key)]))
    : checked.values
  try {
    return gatewayConfigOf(values as ConfigValues, file)
  } catch (error) {
    if (error instanceof ConfigError) return undefined
    throw error
  }
}
