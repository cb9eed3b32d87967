import {
  ClientError,
  type Connection,
  connectAsDevice,
  type Paired,
  type PendingPairing,
  pairDevice,
} from '@pairgate/client'
import { type InvitationSecret, type PairCode, SCOPES } from '@pairgate/protocol'
import type { BrowserDevice } from '../gateway/browser-device.ts'
import type { Memo } from '../platform/memo.ts'
import { createDelays } from './delays.ts'
import type { Grant, PairState, Way } from './pair-state.ts'
import { type Problem, problemOf } from './problem.ts'

/** What the page remembers for the next time. */
export interface PairMemo {
  /** The device that this browser was. */
  readonly deviceId: string
  /** It was in. */
  readonly wasPaired: boolean
  /** It asked for these scopes and has not given up waiting until then, by this clock. */
  readonly asked: { readonly scopes: readonly string[]; readonly until: number } | undefined
}

export interface PairingDeps {
  readonly device: BrowserDevice
  readonly memo: Memo<PairMemo>
  readonly now: () => number
  readonly enter: (state: PairState) => void
}

export interface Pairing {
  /** Does what needs nobody's word: comes back, or goes on waiting. */
  begin(link: InvitationSecret | undefined, problem: Problem | undefined): Promise<void>
  redeem(way: 'code' | 'link', secret: PairCode | InvitationSecret): void
  ask(scopes: readonly string[]): void
  /** Gives up what is under way, for its reader or because it took too long, and lets a person choose. */
  stop(problem?: Problem): void
}

/** How long the page waits for an operator before it asks its reader whether to go on. */
const WAIT_MS = 10 * 60_000
const POLL = { firstMs: 1_000, maxMs: 2_000 }

interface Attempt {
  readonly way: Way
  readonly scopes: readonly string[]
  readonly invitation?: string
  /** When the page stops waiting for an operator, by this clock. */
  readonly until?: number
}

/** Gets this browser in, by whatever way its reader chooses, and tells each step. */
export function createPairing(deps: PairingDeps): Pairing {
  const { device, memo, now, enter } = deps
  let current = new AbortController()

  async function run(attempt: Attempt): Promise<void> {
    current.abort()
    current = new AbortController()
    const { signal } = current
    const delays = createDelays()
    const { way } = attempt
    enter({ kind: 'connecting', way, isAway: false })
    while (!signal.aborted) {
      try {
        return arrive(await openConnection(deps, attempt, signal), signal)
      } catch (error) {
        if (signal.aborted) return
        if (!passes(error)) return fail(error, attempt, signal)
        enter({ kind: 'connecting', way, isAway: true })
        await delays.next(error.retryAfterMs)
      }
    }
  }

  function arrive(connection: Connection, signal: AbortSignal): void {
    memo.write({ deviceId: device.key.deviceId, wasPaired: true, asked: undefined })
    enter({ kind: 'paired', grant: grantOf(connection) })
    // Why it ended is told by coming back: the gateway was away, or this browser is out.
    void lastUntil(connection, signal).then(() => {
      if (!signal.aborted) void run({ way: 'return', scopes: SCOPES })
    })
  }

  async function fail(error: unknown, { way }: Attempt, signal: AbortSignal): Promise<void> {
    // A token that has run out asks for its renewal by itself, and so it is only to be waited for.
    if (way === 'return' && error instanceof ClientError && error.code === 'PAIRING_REQUIRED') {
      const { scopes = [] } = (await device.loadToken()) ?? {}
      return signal.aborted ? undefined : run({ way: 'ask', scopes })
    }
    const problem = problemOf(error, way, now())
    memo.write({ asked: undefined })
    enter(problem.kind === 'storage' ? { kind: 'stopped', problem } : { kind: 'choose', problem })
  }

  async function begin(link: InvitationSecret | undefined, problem: Problem | undefined): Promise<void> {
    const token = await device.loadToken()
    const { deviceId, wasPaired, asked } = memo.read()
    if (link) return enter({ kind: 'invited', secret: link, isPaired: token !== undefined })
    if (token) return run({ way: 'return', scopes: SCOPES })
    const isSame = deviceId === device.key.deviceId
    if (isSame && asked && now() < asked.until) return run({ way: 'ask', ...asked })
    const lost = wasPaired === true ? ({ kind: isSame ? 'token-lost' : 'key-lost' } as const) : undefined
    enter({ kind: 'choose', problem: problem ?? lost })
  }

  return {
    begin,
    redeem: (way, secret) => void run({ way, scopes: [], invitation: secret }),
    ask(scopes) {
      const asked = { scopes, until: now() + WAIT_MS }
      memo.write({ deviceId: device.key.deviceId, asked })
      void run({ way: 'ask', ...asked })
    },
    stop(problem) {
      current.abort()
      memo.write({ asked: undefined })
      enter({ kind: 'choose', problem })
    },
  }
}

function grantOf({ hello }: Connection): Grant {
  const { scopes, tokenScopes = scopes, session, expiresAtMs } = hello.auth
  return { scopes: tokenScopes, session, expiresAtMs }
}

/** Settles when the connection has ended; the signal ends it. */
async function lastUntil(connection: Connection, signal: AbortSignal): Promise<void> {
  const leave = (): void => void connection.close()
  signal.addEventListener('abort', leave, { once: true })
  await connection.closed
  signal.removeEventListener('abort', leave)
}

/** Whether the same attempt may succeed in a moment; what has a person wait for minutes is told instead. */
function passes(error: unknown): error is ClientError {
  return error instanceof ClientError && error.shouldRetry() && (error.retryAfterMs ?? 0) <= 10_000
}

async function openConnection(deps: PairingDeps, attempt: Attempt, signal: AbortSignal): Promise<Connection> {
  const target = { ...deps.device.target, scopes: attempt.scopes, signal }
  // Without the second try of `pairDevice`, which would hide why the first was refused.
  if (attempt.way === 'return') return connectAsDevice(target)
  const waiting = createWaiting(deps, attempt)
  const paired: Promise<Paired> = pairDevice({
    ...target,
    ...(attempt.invitation !== undefined && { invitation: attempt.invitation }),
    wait: true,
    poll: POLL,
    onPending: waiting.begin,
    onRetry: waiting.goOn,
  })
  return (await paired).connection
}

/** What the page shows while an operator looks at the request. */
function createWaiting({ enter, now }: PairingDeps, { way, until }: Attempt) {
  let shown: Extract<PairState, { kind: 'waiting' }> | undefined
  return {
    begin({ requestId, fingerprint, reason }: PendingPairing): void {
      shown = {
        kind: 'waiting',
        ...{ way, requestId, fingerprint, reason },
        endsAt: until ?? now() + WAIT_MS,
        isAway: false,
      }
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
