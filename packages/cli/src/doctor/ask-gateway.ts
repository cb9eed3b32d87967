import type { MethodResult } from '@pairgate/client'
import type { DeviceFacts, Finding, RunningFacts } from '@pairgate/gateway/doctor'
import type { HelloOk, MethodName, MethodParams, PairedRow, TlsReport } from '@pairgate/protocol/wire'
import { CommandError } from '../output/command-error.ts'
import { systemNow } from '../platform/system-clock.ts'
import { judgeVersions } from './judge-versions.ts'

/** A gateway that answers, however it is reached. */
export interface AskedGateway {
  hello(): Promise<HelloOk>
  request<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>
}

export interface AskContext {
  readonly whose: string
  /** It runs on this host, out of the same files as this command perhaps. */
  readonly isHere: boolean
}

export interface Answers {
  readonly findings: readonly Finding[]
  readonly facts: RunningFacts
}

/** More would take too long to be asked for at once. */
const MOST_DEVICES = 20_000
const MOST_VERIFIED = 100_000

/** What a gateway says of itself, as far as the caller may ask. */
export async function askGateway(gateway: AskedGateway, context: AskContext): Promise<Answers> {
  const { judgeClock } = await import('@pairgate/gateway/doctor')
  const { server } = await gateway.hello()
  const before = systemNow()
  const health = await gateway.request('health', {})
  const halfway = (before + systemNow()) / 2
  const status = await gateway.request('status', {})
  const settings = await permitted(() => gateway.request('config.get', {}))
  const database = text(status['database'])
  const facts = { settings: settings?.settings ?? [], tls: status['tls'] as TlsReport | undefined, database }
  const clock = judgeClock(number(health['ts']) ?? halfway, halfway, 'the gateway')
  const isFine: Finding = { check: 'clock', level: 'ok', what: 'The gateway has the same time.' }
  return {
    facts,
    findings: [
      { check: 'gateway', level: 'ok', what: `That of ${context.whose} answers, version ${server.version}.` },
      ...judgeVersions(server.version, number(status['startedAtMs']), context),
      ...(clock.length > 0 ? clock : [isFine]),
      ...(await askForDevices(gateway, number(status['pairedDevices']))),
      ...(await askForLog(gateway)),
    ],
  }
}

async function askForDevices(gateway: AskedGateway, count: number | undefined): Promise<readonly Finding[]> {
  if (count === undefined) return [unseen('admin', 'operator.pairing for every session')]
  if (count > MOST_DEVICES) {
    const what = `${count} devices are too many to be looked at here.`
    return [
      {
        check: 'devices-unused',
        level: 'note',
        what,
        advice: 'openclaw devices list --sort seen --limit 50',
      },
    ]
  }
  const { judgeDevices } = await import('@pairgate/gateway/doctor')
  const list = await permitted(() => gateway.request('device.pair.list', {}))
  if (!list) return [unseen('admin', 'operator.pairing')]
  const claim = await permitted(() => gateway.request('device.pair.invitations', {}))
  const openClaim = count === 0 || claim?.invitations.some(({ claim: isClaim }) => isClaim) === true
  return judgeDevices(list.paired.map(deviceFacts), { nowMs: systemNow(), openClaim })
}

function deviceFacts(row: PairedRow): DeviceFacts {
  return {
    id: row.deviceId,
    name: row.operatorLabel ?? row.displayName,
    roles: row.roles,
    scopes: row.scopes,
    lastSeenAtMs: row.lastSeenAtMs,
    tokens: row.tokens.map((token) => {
      const ends = [token.expiresAtMs, token.idleExpiresAtMs].filter((at) => at !== undefined)
      return {
        role: token.role,
        scopes: token.scopes,
        opensEverySession: token.session === '*',
        isRevoked: token.revokedAtMs !== undefined,
        expiresAtMs: ends.length === 0 ? undefined : Math.min(...ends),
        usedAtMs: Math.max(token.createdAtMs, token.rotatedAtMs ?? 0, token.lastUsedAtMs ?? 0),
      }
    }),
  }
}

async function askForLog(gateway: AskedGateway): Promise<readonly Finding[]> {
  const check = 'event-log'
  const list = await permitted(() => gateway.request('audit.list', { limit: 1 }))
  if (!list) return [unseen(check, 'operator.admin')]
  if (list.head.seq - list.first > MOST_VERIFIED) {
    const what = 'It is too long to be verified here.'
    return [{ check, level: 'note', what, advice: 'openclaw audit verify --timeout 600000' }]
  }
  const verdict = await permitted(() => gateway.request('audit.verify', {}))
  if (!verdict) return [unseen(check, 'operator.admin')]
  if (verdict.ok) return [{ check, level: 'ok', what: `${verdict.events} events verify.` }]
  const what = `It does not verify: event ${verdict.seq} ${verdict.what} (${verdict.fault}).`
  return [{ check, level: 'fail', what, advice: verdict.advice }]
}

function unseen(check: Finding['check'], scope: string): Finding {
  return { check, level: 'note', what: `Not looked at: it takes ${scope}.` }
}

/** `undefined` where the caller may not ask, or the gateway knows no such question. */
async function permitted<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    const { ClientError } = await import('@pairgate/client')
    const code = error instanceof ClientError ? error.errorCode : requestCodeOf(error)
    if (code === undefined) throw error
    return undefined
  }
}

function requestCodeOf(error: unknown): string | undefined {
  const shape = error instanceof CommandError ? error.shape : undefined
  return shape?.type === 'gateway_request_error' ? shape.code : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
