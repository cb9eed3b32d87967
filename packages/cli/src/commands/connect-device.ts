import { hostname } from 'node:os'
import {
  ClientError,
  type DeviceKey,
  loadOrCreateFileKey,
  type Paired,
  type PendingPairing,
  pairDevice,
} from '@pairgate/client'
import { fingerprintWords, type Role } from '@pairgate/protocol'
import { EXIT } from '../exit-codes.ts'
import { CommandError } from '../output/command-error.ts'
import { startWaitingLine, type WaitingLine } from '../output/waiting-line.ts'
import { type ErrorPlace, explainClientError } from '../target/explain-client-error.ts'
import { given } from '../target/open-connection.ts'
import { findLocalFiles, type LocalFiles, readTargetFacts } from '../target/read-target-facts.ts'
import { resolveTarget, type Secret } from '../target/resolve-target.ts'
import { readScopes } from './approve-flags.ts'
import { readRole } from './call-method.ts'
import type { CommonOptions } from './common-options.ts'
import { type ConnectReport, createConnectReport } from './connect-report.ts'
import { tokensForAsking } from './connect-tokens.ts'

export interface ConnectOptions extends CommonOptions {
  readonly role: string
  readonly scope?: readonly string[]
  readonly name?: string
  /** Undefined when neither `--wait` nor `--no-wait` was given, which means to wait. */
  readonly wait?: boolean
}

const DEFAULT_SCOPES = ['operator.read'] as const

/** Gets this machine in, once: the next run finds key and token and connects with them. */
export async function connectDevice(options: ConnectOptions): Promise<void> {
  const role = readRole(options.role)
  const scopes = options.scope ? readScopes(options.scope) : role === 'operator' ? DEFAULT_SCOPES : []
  const files = await findLocalFiles(process.env)
  const target = resolveTarget(await readTargetFacts(options, process.env, files))
  const place: ErrorPlace = { target, configFile: files.configFile }
  const report = createConnectReport(options.json ?? false)
  const secret = target.kind === 'url' ? target.secret : undefined

  const ask = { url: target.url, role, scopes, secret, wait: options.wait ?? true, options, files, report }
  try {
    const { paired, requestId } = await pair(ask)
    await paired.connection.close()
    report.paired(paired, { requestId, asked: scopes })
  } catch (error) {
    if (error instanceof ClientError) throw explainConnectError(error, place)
    throw error
  }
}

interface Ask {
  readonly url: string
  readonly role: Role
  readonly scopes: readonly string[]
  readonly secret: Secret | undefined
  readonly wait: boolean
  readonly options: ConnectOptions
  readonly files: LocalFiles
  readonly report: ConnectReport
}

async function pair(ask: Ask): Promise<{ readonly paired: Paired; readonly requestId: string | undefined }> {
  const { url, role, scopes, options, report } = ask
  const key = await loadOrCreateFileKey(ask.files.deviceKey)
  const target = { url, key, role, scopes, ...given(ask.secret), timeoutMs: options.timeout }
  const tokens = await tokensForAsking(target, {
    path: ask.files.deviceTokens,
    insists: options.scope !== undefined && ask.secret === undefined,
    onRefused: report.tokenRefused,
  })
  const interrupt = listenForInterrupt()
  let requestId: string | undefined
  let line: WaitingLine | undefined
  const onPending = (pending: PendingPairing): void => {
    requestId = pending.requestId
    report.pending(pending)
    if (ask.wait && !options.json)
      line = startWaitingLine('Waiting for an operator to decide (Ctrl+C leaves the request open)')
  }
  try {
    const paired = await pairDevice({
      ...target,
      tokens,
      displayName: options.name ?? hostname(),
      wait: ask.wait,
      signal: interrupt.signal,
      onPending,
    })
    return { paired, requestId }
  } catch (error) {
    // Who does not wait is told as well what to compare and what to approve.
    if (!ask.wait && error instanceof ClientError && error.requestId !== undefined)
      onPending(pendingOf(error, key))
    throw error
  } finally {
    line?.stop()
    interrupt.forget()
  }
}

function pendingOf({ requestId = '', details }: ClientError, key: DeviceKey): PendingPairing {
  const { reason, expiresAtMs } = details
  return {
    requestId,
    fingerprint: fingerprintWords(key.deviceId),
    reason: typeof reason === 'string' ? reason : 'not-paired',
    ...(typeof expiresAtMs === 'number' && { expiresAtMs }),
  }
}

/** Ctrl+C ends the waiting, not the process: there is still something to say. */
function listenForInterrupt(): { readonly signal: AbortSignal; forget(): void } {
  const controller = new AbortController()
  const stop = (): void => {
    const next = ['The request stays open until it expires. Run the same command again to go on waiting.']
    controller.abort(new CommandError('Stopped waiting.', { next, exitCode: EXIT.interrupted }))
  }
  process.once('SIGINT', stop)
  return { signal: controller.signal, forget: () => process.off('SIGINT', stop) }
}

function explainConnectError(error: ClientError, place: ErrorPlace): CommandError {
  const isSecretMissing = error.code === 'AUTH_TOKEN_MISSING' || error.code === 'AUTH_PASSWORD_MISSING'
  if (!isSecretMissing) return explainClientError(error, place)
  const flag = error.code === 'AUTH_TOKEN_MISSING' ? '--token' : '--password'
  const { message, shape } = explainClientError(error, place)
  return new CommandError(message, {
    shape,
    next: [`This gateway wants its shared secret before anybody may ask: pass ${flag}.`],
  })
}
