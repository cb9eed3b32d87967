import { ClientError } from '@pairgate/client'
import { leastScopes, parseScope } from '@pairgate/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { systemNow } from '../../platform/clock.ts'
import { useConsole } from '../console-context.ts'

type UpgradeState =
  | { readonly kind: 'idle' | 'asking' | 'rejected' | 'expired' }
  | { readonly kind: 'waiting'; readonly requestId: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/** As long as a request is open, and a little more. */
const WAIT_MS = 6 * 60_000
const RETRY_MS = 1_000

/** Asks for a scope beside those that the connection has; once it is approved, the page connects with it. */
export function useUpgrade(scope: string) {
  const { session, hello, reconnect } = useConsole()
  const [state, setState] = useState<UpgradeState>({ kind: 'idle' })
  const leaving = useRef(new AbortController())
  useEffect(() => {
    leaving.current = new AbortController()
    return () => leaving.current.abort()
  }, [])

  async function run(): Promise<void> {
    const { signal } = leaving.current
    setState({ kind: 'asking' })
    try {
      const status = await askAndWait(signal)
      if (status === 'approved') reconnect()
      else setState({ kind: status })
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', error })
    }
  }

  /** A gateway that stops, or has no answer at the moment, is asked again, and for the same request. */
  async function askAndWait(signal: AbortSignal) {
    const until = systemNow() + WAIT_MS
    let requestId: string | undefined
    for (;;) {
      try {
        requestId ??= await fileRequest(signal)
        setState({ kind: 'waiting', requestId })
        const options = { signal, timeoutMs: until - systemNow() }
        return (await session.request('device.scopes.waitUpgrade', { requestId }, options)).status
      } catch (error) {
        const mayPass = error instanceof ClientError && error.shouldRetry() && systemNow() < until
        if (signal.aborted || session.state.kind === 'closed' || !mayPass) throw error
        await new Promise((done) => setTimeout(done, error.retryAfterMs ?? RETRY_MS))
        signal.throwIfAborted()
      }
    }
  }

  async function fileRequest(signal: AbortSignal): Promise<string> {
    const held = [...hello.auth.scopes, scope].flatMap((word) => parseScope(word) ?? [])
    const asked = { scopes: [...new Set(leastScopes(held))] }
    return (await session.request('device.scopes.requestUpgrade', asked, { signal })).requestId
  }
  return { state, ask: () => void run() }
}
