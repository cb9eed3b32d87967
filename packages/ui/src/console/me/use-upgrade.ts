import { leastScopes, parseScope } from '@pairgate/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'

type UpgradeState =
  | { readonly kind: 'idle' | 'asking' | 'rejected' | 'expired' }
  | { readonly kind: 'waiting'; readonly requestId: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/** As long as a request is open, and a little more. */
const WAIT_MS = 6 * 60_000

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
    const held = [...hello.auth.scopes, scope].flatMap((word) => parseScope(word) ?? [])
    setState({ kind: 'asking' })
    try {
      const asked = { scopes: [...new Set(leastScopes(held))] }
      const { requestId } = await session.request('device.scopes.requestUpgrade', asked, { signal })
      setState({ kind: 'waiting', requestId })
      const waited = { signal, timeoutMs: WAIT_MS }
      const { status } = await session.request('device.scopes.waitUpgrade', { requestId }, waited)
      if (status === 'approved') reconnect()
      else setState({ kind: status })
    } catch (error) {
      if (!signal.aborted) setState({ kind: 'failed', error })
    }
  }
  return { state, ask: () => void run() }
}
