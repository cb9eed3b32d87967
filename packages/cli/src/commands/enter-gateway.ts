import { hostname } from 'node:os'
import {
  ClientError,
  createFileTokenStore,
  type DeviceKey,
  loadOrCreateFileKey,
  type Paired,
  type PendingPairing,
  pairDevice,
  withStoredPin,
} from '@pairgate/client'
import { fingerprintWords, type Role, type TlsPin } from '@pairgate/protocol'
import { EXIT } from '../exit-codes.ts'
import { CommandError } from '../output/command-error.ts'
import { startWaitingLine, type WaitingLine } from '../output/waiting-line.ts'
import { type ErrorPlace, explainClientError } from '../target/explain-client-error.ts'
import { given } from '../target/open-connection.ts'
import type { LocalFiles } from '../target/read-target-facts.ts'
import type { Secret } from '../target/resolve-target.ts'
import type { ConnectReport } from './connect-report.ts'
import { tokensForAsking } from './connect-tokens.ts'

/** How this machine wants to be let in. */
export interface Entry {
  readonly url: string
  readonly tlsFingerprint: TlsPin | undefined
  readonly role: Role
  readonly scopes: readonly string[]
  /** A code, or the secret of a link. */
  readonly invitation?: string
  readonly secret: Secret | undefined
  readonly name: string | undefined
  readonly wait: boolean
  readonly timeoutMs: number
  readonly json: boolean
  /** The caller names its scopes: with a token that holds fewer it would rather ask anew. */
  readonly insists: boolean
  readonly files: LocalFiles
  readonly report: ConnectReport
}

export interface Entered {
  readonly paired: Paired
  /** The request that an operator approved, if it took one. */
  readonly requestId: string | undefined
}

/**
 * Makes this machine's key if there is none, and gets it in: with what it was handed, or by asking.
 * @throws ClientError, CommandError when a person ended the waiting.
 */
export async function enterGateway(entry: Entry): Promise<Entered> {
  const { url, tlsFingerprint, role, scopes, invitation, report, timeoutMs, files } = entry
  const key = await loadOrCreateFileKey(files.deviceKey)
  const named = { url, tlsFingerprint, key, role, scopes, ...given(entry.secret), timeoutMs }
  // The pin outlives the token beside which it lies.
  const target = await withStoredPin({ ...named, tokens: createFileTokenStore(files.deviceTokens) })
  const tokens = await tokensForAsking(target, {
    path: files.deviceTokens,
    insists: entry.insists,
    onRefused: report.tokenRefused,
  })
  const interrupt = listenForInterrupt()
  let requestId: string | undefined
  let line: WaitingLine | undefined
  const onPending = (pending: PendingPairing): void => {
    requestId = pending.requestId
    report.pending(pending)
    if (entry.wait && !entry.json)
      line = startWaitingLine('Waiting for an operator to decide (Ctrl+C leaves the request open)')
  }
  try {
    const paired = await pairDevice({
      ...target,
      tokens,
      invitation,
      displayName: entry.name ?? hostname(),
      wait: entry.wait,
      signal: interrupt.signal,
      onPending,
    })
    return { paired, requestId }
  } catch (error) {
    // Who does not wait is told as well what to compare and what to approve.
    if (!entry.wait && error instanceof ClientError && error.requestId !== undefined)
      onPending(pendingOf(error, key))
    throw error
  } finally {
    line?.stop()
    interrupt.forget()
  }
}

function pendingOf({ requestId = '', details }: ClientError, key: DeviceKey): PendingPairing {
  const { reason, authReason, expiresAtMs } = details
  return {
    requestId,
    fingerprint: fingerprintWords(key.deviceId),
    reason: typeof reason === 'string' ? reason : 'not-paired',
    ...(typeof authReason === 'string' && { authReason }),
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

/** Why this machine was not let in, and what to do about it. */
export function explainEntryError(error: ClientError, place: ErrorPlace): CommandError {
  const isSecretMissing = error.code === 'AUTH_TOKEN_MISSING' || error.code === 'AUTH_PASSWORD_MISSING'
  if (!isSecretMissing) return explainClientError(error, place)
  const flag = error.code === 'AUTH_TOKEN_MISSING' ? '--token' : '--password'
  const { message, shape } = explainClientError(error, place)
  return new CommandError(message, {
    shape,
    next: [`This gateway wants its shared secret before anybody may ask: pass ${flag}.`],
  })
}
