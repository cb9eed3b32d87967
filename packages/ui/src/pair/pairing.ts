import type { Connection } from '@pairgate/client'
import { type InvitationSecret, type PairCode, SCOPES } from '@pairgate/protocol'
import { hasCode } from '../gateway/has-code.ts'
import type { Memo } from '../platform/memo.ts'
import { createAttempts } from './attempts.ts'
import { type Attempt, type OpenDeps, type SharedSecret, WAIT_MS } from './open-connection.ts'
import type { Grant } from './pair-state.ts'
import { type Problem, problemOf } from './problem.ts'
import type { VisitApp } from './visit-app.ts'

/** What the page remembers for the next time. */
export interface PairMemo {
  /** The device that this browser was. */
  readonly deviceId: string
  /** It was in. */
  readonly wasPaired: boolean
  /** It asked for these scopes and has not given up waiting until then, by this clock. */
  readonly asked: { readonly scopes: readonly string[]; readonly until: number } | undefined
}

export interface PairingDeps extends OpenDeps {
  readonly memo: Memo<PairMemo>
  /** Of the app that has sent the browser here, if one has. */
  readonly visit: VisitApp | undefined
}

export interface Pairing {
  /** Does what needs nobody's word: comes back, or goes on waiting. What a later one shows is not painted over. */
  begin(link: InvitationSecret | undefined, problem: Problem | undefined): Promise<void>
  redeem(way: 'code' | 'link', secret: PairCode | InvitationSecret): void
  /** @param secret that the gateway wants of everybody who asks; it is kept no longer than the asking lasts */
  ask(scopes: readonly string[], secret?: SharedSecret): void
  /** Comes back with the token that is there. */
  retry(): void
  /** Asks for the scope that the app needs. */
  askForApp(scope: string): void
  /** Gives up asking for it. */
  leaveAsking(): void
  /** Gives up what is under way, for its reader or because it took too long, and lets a person choose. */
  stop(problem?: Problem): void
}

/** Gets this browser in, by whatever way its reader chooses, and tells each step. */
export function createPairing(deps: PairingDeps): Pairing {
  const { device, memo, now, enter, visit } = deps
  const { run, fresh, stop } = createAttempts(deps, { arrived: arrive, failed: fail })
  let missing: string | undefined

  const comeBack = (): void => void run({ way: 'return', scopes: SCOPES })
  const decided = (): void => {
    missing = undefined
  }

  function arrive(connection: Connection, signal: AbortSignal): void {
    memo.write({ deviceId: device.key.deviceId, wasPaired: true, asked: undefined })
    // Why it ended is told by coming back: the gateway was away, or this browser is out.
    void lastUntil(connection, signal).then(() => {
      if (!signal.aborted) comeBack()
    })
    const grant = grantOf(connection)
    if (visit) void visit(connection, { grant, missing, signal, comeBack, decided })
    else enter({ kind: 'paired', grant, problem: undefined })
  }

  async function fail(error: unknown, attempt: Attempt, signal: AbortSignal): Promise<void> {
    const { way } = attempt
    // A token that has run out asks for its renewal by itself, and so it is only to be waited for.
    if (way === 'return' && hasCode(error, 'PAIRING_REQUIRED')) {
      const { scopes = [] } = (await device.loadToken()) ?? {}
      return signal.aborted ? undefined : run({ way: 'ask', scopes })
    }
    const problem = problemOf(error, attempt, now())
    memo.write({ asked: undefined, wasPaired: false })
    enter(problem.kind === 'storage' ? { kind: 'stopped', problem } : { kind: 'choose', problem })
  }

  return {
    async begin(link, problem) {
      const signal = fresh()
      const token = await device.loadToken()
      if (signal.aborted) return
      if (link) return enter({ kind: 'invited', secret: link, isPaired: token !== undefined })
      if (token) return comeBack()
      const asked = askedBefore(deps)
      if (asked) return run({ way: 'ask', ...asked })
      enter({ kind: 'choose', problem: problem ?? lostSince(deps) })
    },
    redeem: (way, secret) => void run({ way, scopes: [], invitation: secret }),
    ask(scopes, secret) {
      const asked = { scopes, until: now() + WAIT_MS }
      memo.write({ deviceId: device.key.deviceId, asked })
      void run({ way: 'ask', ...asked, ...(secret && { secret }) })
    },
    retry: comeBack,
    askForApp(scope) {
      missing = scope
      comeBack()
    },
    leaveAsking() {
      decided()
      comeBack()
    },
    stop(problem) {
      stop()
      decided()
      memo.write({ asked: undefined })
      enter({ kind: 'choose', problem })
    },
  }
}

/** What this very browser asked for and still waits for, such as a phone that was locked meanwhile. */
function askedBefore({ memo, device, now }: PairingDeps): PairMemo['asked'] {
  const { deviceId, asked } = memo.read()
  return deviceId === device.key.deviceId && asked && now() < asked.until ? asked : undefined
}

/** A browser that was in and has nothing to show for it any more. */
function lostSince({ memo, device }: PairingDeps): Problem | undefined {
  const { deviceId, wasPaired } = memo.read()
  if (wasPaired !== true) return undefined
  return { kind: deviceId === device.key.deviceId ? 'token-lost' : 'key-lost' }
}

function grantOf({ hello }: Connection): Grant {
  const { scopes, tokenScopes = scopes, session, expiresAtMs } = hello.auth
  return { scopes: tokenScopes, session, expiresAtMs }
}

/** Settles when the connection has ended; the signal ends it. */
async function lastUntil(connection: Connection, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return connection.close()
  const leave = (): void => void connection.close()
  signal.addEventListener('abort', leave, { once: true })
  await connection.closed
  signal.removeEventListener('abort', leave)
}
