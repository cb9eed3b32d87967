import {
  ClientError,
  type Connection,
  connectAsDevice,
  type PendingPairing,
  pairDevice,
} from '@pairgate/client'
import type { BrowserDevice } from '../gateway/browser-device.ts'
import type { PairState, Waiting, Way } from './pair-state.ts'

/** How long the page waits for an operator before it asks its reader whether to go on. */
export const WAIT_MS = 10 * 60_000
const POLL = { firstMs: 1_000, maxMs: 2_000 }

/** What a gateway in mode `token` or `password` wants of who asks. */
export interface SharedSecret {
  readonly kind: 'token' | 'password'
  readonly text: string
}

/** One try to get in. */
export interface Attempt {
  readonly way: Exclude<Way, 'upgrade'>
  readonly scopes: readonly string[]
  readonly invitation?: string
  readonly secret?: SharedSecret
  /** When the page stops waiting for an operator, by this clock. */
  readonly until?: number
}

export interface OpenDeps {
  readonly device: BrowserDevice
  readonly now: () => number
  readonly enter: (state: PairState) => void
}

/** Waits for an operator where one has to decide. Throws as the library does. */
export async function openConnection(
  deps: OpenDeps,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Connection> {
  const target = { ...deps.device.target, scopes: attempt.scopes, signal }
  // Without the second try of `pairDevice`, which would hide why the first was refused.
  if (attempt.way === 'return') return connectAsDevice(target)
  const waiting = createWaiting(deps, attempt)
  const { connection } = await pairDevice({
    ...target,
    ...(attempt.secret && { [attempt.secret.kind]: attempt.secret.text }),
    ...(attempt.invitation !== undefined && { invitation: attempt.invitation }),
    wait: true,
    poll: POLL,
    onPending: waiting.begin,
    onRetry: waiting.goOn,
  })
  return connection
}

/** What the page shows while an operator looks at the request. */
function createWaiting({ enter, now }: OpenDeps, { way, until }: Attempt) {
  let shown: Waiting | undefined
  return {
    begin({ requestId, fingerprint, authReason }: PendingPairing): void {
      const endsAt = until ?? now() + WAIT_MS
      const isRenewal = authReason === 'token_expired'
      shown = { kind: 'waiting', way, requestId, fingerprint, endsAt, isRenewal, isAway: false }
      enter(shown)
    },
    goOn({ code }: ClientError): void {
      const isAway = code !== 'PAIRING_REQUIRED'
      if (!shown || shown.isAway === isAway) return
      shown = { ...shown, isAway }
      enter(shown)
    },
  }
}

/** Whether the same attempt may succeed in a moment; what has a person wait for minutes is told instead. */
export function passes(error: unknown): error is ClientError {
  return error instanceof ClientError && error.shouldRetry() && (error.retryAfterMs ?? 0) <= 10_000
}
