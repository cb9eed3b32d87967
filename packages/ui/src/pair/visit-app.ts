import { type AppVisit, appTicket, type Connection } from '@pairgate/client'
import { fingerprintWords, leastScopes, parseScope } from '@pairgate/protocol'
import { hasCode } from '../gateway/has-code.ts'
import { type OpenDeps, passes, WAIT_MS } from './open-connection.ts'
import type { Grant } from './pair-state.ts'
import { problemOf } from './problem.ts'

export interface VisitDeps extends OpenDeps {
  readonly visit: AppVisit
  /** Goes to an address and leaves no way back to this page. */
  readonly leave: (location: string) => void
}

export interface Arrived {
  readonly grant: Grant
  /** The scope that the reader wants to ask for, after the app has asked for it. */
  readonly missing: string | undefined
  readonly signal: AbortSignal
  /** Whatever became of the asking, it is not repeated by itself. */
  readonly decided: () => void
  /** Connects anew, with what the token holds by then. */
  readonly comeBack: () => void
}

/** Takes a browser that is in on to the app that has sent it here. */
export type VisitApp = (connection: Connection, arrived: Arrived) => Promise<void>

const BUSY_MS = 1_000
/** So often a request is asked for again: it would run out sooner than this page stops waiting. */
const REFRESH_MS = 60_000

/**
 * Asks the gateway for the way into the app. What stands in the address of this page is passed on as it is and
 * never followed: only the gateway knows which addresses are its apps'.
 */
export function createVisitApp(deps: VisitDeps): VisitApp {
  const { visit, enter, leave, now } = deps

  async function go(connection: Connection, signal: AbortSignal): Promise<void> {
    const { location } = await appTicket(connection, visit, { signal })
    if (signal.aborted) return
    enter({ kind: 'leaving' })
    leave(location)
  }

  return async function visitApp(connection, arrived) {
    const { grant, missing, signal } = arrived
    try {
      await go(connection, signal)
    } catch (error) {
      if (signal.aborted || hasCode(error, 'CLOSED')) return
      const scope = missingScopeOf(error)
      if (scope !== undefined && scope === missing) return upgrade(deps, connection, { ...arrived, scope })
      if (scope !== undefined) return enter({ kind: 'scope-missing', scope, problem: undefined })
      if (!passes(error))
        return enter({ kind: 'paired', grant, problem: problemOf(error, { way: 'return' }, now()) })
      await new Promise((done) => setTimeout(done, error.retryAfterMs ?? BUSY_MS))
      if (!signal.aborted) await visitApp(connection, arrived)
    }
  }
}

function missingScopeOf(error: unknown): string | undefined {
  const scope = hasCode(error, 'MISSING_SCOPE') ? error.details['missingScope'] : undefined
  return typeof scope === 'string' ? scope : undefined
}

interface Upgrade extends Pick<Arrived, 'signal' | 'comeBack' | 'decided'> {
  readonly scope: string
}

/**
 * Asks for the scope beside what the connection has, and waits. Asked again, the request keeps its id, so that
 * a gateway which cannot answer at the moment, such as one that is about to stop, is asked again.
 */
async function upgrade(deps: VisitDeps, connection: Connection, asking: Upgrade): Promise<void> {
  const { enter, now } = deps
  const { scope, signal, comeBack, decided } = asking
  try {
    const status = await waitForUpgrade(deps, connection, asking)
    if (signal.aborted) return
    decided()
    if (status === 'approved') comeBack()
    else enter({ kind: 'scope-missing', scope, problem: { kind: status } })
  } catch (error) {
    // A connection that has ended comes back by itself, and asks again.
    if (signal.aborted || hasCode(error, 'CLOSED')) return
    if (passes(error) && error.code !== 'TIMEOUT') {
      await new Promise((done) => setTimeout(done, error.retryAfterMs ?? BUSY_MS))
      return signal.aborted ? undefined : upgrade(deps, connection, asking)
    }
    decided()
    const problem = hasCode(error, 'TIMEOUT')
      ? ({ kind: 'expired' } as const)
      : problemOf(error, { way: 'upgrade' }, now())
    enter({ kind: 'scope-missing', scope, problem })
  }
}

async function waitForUpgrade({ enter, now, device }: VisitDeps, connection: Connection, asking: Upgrade) {
  const { scope, signal } = asking
  const held = [...connection.hello.auth.scopes, scope].flatMap((word) => parseScope(word) ?? [])
  const options = { signal, timeoutMs: WAIT_MS }
  const asked = { scopes: [...new Set(leastScopes(held))] }
  const askOnce = () => connection.request('device.scopes.requestUpgrade', asked, { signal })
  const { requestId } = await askOnce()
  const fingerprint = fingerprintWords(device.key.deviceId)
  const endsAt = now() + WAIT_MS
  const seen = { requestId, fingerprint, endsAt, isRenewal: false, isAway: false }
  enter({ kind: 'waiting', way: 'upgrade', ...seen })
  // What keeps it from asking is told by the waiting.
  const timer = setInterval(() => void askOnce().catch(() => undefined), REFRESH_MS)
  try {
    return (await connection.request('device.scopes.waitUpgrade', { requestId }, options)).status
  } finally {
    clearInterval(timer)
  }
}
