import { ClientError } from '@pairgate/client'
import { leastScopes, parseScope } from '@pairgate/protocol'
import { createContext } from 'preact'
import { useContext, useEffect, useRef, useState } from 'preact/hooks'
import { hasCode } from '../../gateway/has-code.ts'
import { systemNow } from '../../platform/clock.ts'
import { type Console, useConsole } from '../console-context.ts'

export type UpgradeState =
  | { readonly kind: 'idle' | 'asking' | 'rejected' | 'expired' }
  | { readonly kind: 'waiting'; readonly requestId: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/** What this browser asks for beside what it has: one right at a time, wherever in the console its reader is. */
export interface Upgrade {
  stateOf(scope: string): UpgradeState
  ask(scope: string): void
}

export const UpgradeContext = createContext<Upgrade | undefined>(undefined)

export function useUpgrade(scope: string): { readonly state: UpgradeState; readonly ask: () => void } {
  const upgrade = useContext(UpgradeContext)
  return { state: upgrade?.stateOf(scope) ?? { kind: 'idle' }, ask: () => upgrade?.ask(scope) }
}

/** As long as a request is open, and a little more. */
const WAIT_MS = 6 * 60_000
const RETRY_MS = 1_000

/** Asks for a scope beside those that the connection has; once it is approved, the page connects with it. */
export function useUpgrades(): Upgrade {
  const console = useConsole()
  const latest = useRef(console)
  latest.current = console
  const [asked, setAsked] = useState<{ readonly scope: string; readonly state: UpgradeState }>()
  const current = useRef(new AbortController())
  useEffect(() => () => current.current.abort(), [])

  async function run(scope: string, { signal }: AbortController): Promise<void> {
    const tell = (state: UpgradeState): void => {
      if (!signal.aborted) setAsked({ scope, state })
    }
    tell({ kind: 'asking' })
    try {
      const asking = { scope, signal, now: () => latest.current }
      const status = await askAndWait(asking, (requestId) => tell({ kind: 'waiting', requestId }))
      tell({ kind: status === 'approved' ? 'idle' : status })
      if (status === 'approved' && !signal.aborted) latest.current.reconnect()
    } catch (error) {
      tell(hasCode(error, 'TIMEOUT') ? { kind: 'expired' } : { kind: 'failed', error })
    }
  }
  return {
    stateOf: (scope) => (asked?.scope === scope ? asked.state : { kind: 'idle' }),
    ask(scope) {
      current.current.abort()
      current.current = new AbortController()
      void run(scope, current.current)
    },
  }
}

interface Asking {
  readonly scope: string
  readonly signal: AbortSignal
  /** The connection may be another one after each wait. */
  readonly now: () => Console
}

/** A gateway that stops, or has no answer at the moment, is asked again, and for the same request. */
async function askAndWait({ scope, signal, now }: Asking, onWaiting: (requestId: string) => void) {
  const until = systemNow() + WAIT_MS
  let requestId: string | undefined
  for (;;) {
    try {
      requestId ??= await fileRequest(now(), scope, signal)
      onWaiting(requestId)
      const options = { signal, timeoutMs: until - systemNow() }
      return (await now().session.request('device.scopes.waitUpgrade', { requestId }, options)).status
    } catch (error) {
      // The token holds it by now: it was given while nobody here waited for the answer.
      if (hasCode(error, 'INVALID_REQUEST')) return 'approved'
      const mayPass = error instanceof ClientError && error.shouldRetry() && systemNow() < until
      if (signal.aborted || now().session.state.kind === 'closed' || !mayPass) throw error
      await new Promise((done) => setTimeout(done, error.retryAfterMs ?? RETRY_MS))
      signal.throwIfAborted()
    }
  }
}

async function fileRequest({ session, hello }: Console, scope: string, signal: AbortSignal): Promise<string> {
  const held = [...hello.auth.scopes, scope].flatMap((word) => parseScope(word) ?? [])
  const asked = { scopes: [...new Set(leastScopes(held))] }
  return (await session.request('device.scopes.requestUpgrade', asked, { signal })).requestId
}
