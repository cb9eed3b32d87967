import type { GatewaySession } from '@pairgate/client'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'

export interface Live<T> {
  /** The last answer; it stays while a newer one is fetched. */
  readonly data: T | undefined
  /** Why there is no newer one. */
  readonly error: unknown
  readonly reload: () => void
}

type Load<T> = (session: GatewaySession) => Promise<T>

/** Asks the gateway now, on every new connection, and whenever one of these events is heard. */
export function useLive<T>(
  session: GatewaySession | undefined,
  load: Load<T> | undefined,
  heard: string,
): Live<T> {
  const [state, setState] = useState<Pick<Live<T>, 'data' | 'error'>>({ data: undefined, error: undefined })
  const again = useRef(() => {})
  useEffect(() => {
    if (!session || !load) return undefined
    let isOver = false
    const ask = inTurn(async () => {
      try {
        const data = await load(session)
        if (!isOver) setState({ data, error: undefined })
      } catch (error) {
        if (!isOver) setState(({ data }) => ({ data, error }))
      }
    })
    again.current = ask
    ask()
    const names = heard.split(' ')
    const stops = [
      session.onEvent(({ event }) => names.includes(event) && ask()),
      session.onState(({ kind }) => kind === 'open' && ask()),
    ]
    return () => {
      isOver = true
      for (const stop of stops) stop()
    }
  }, [session, load, heard])
  const reload = useCallback(() => again.current(), [])
  return { ...state, reload }
}

/** One at a time; what is asked for meanwhile is done once behind it, so that a flood of events asks twice. */
export function inTurn(work: () => Promise<void>): () => void {
  let isBusy = false
  let isAsked = false
  return async function ask() {
    isAsked = true
    if (isBusy) return
    isBusy = true
    while (isAsked) {
      isAsked = false
      await work()
    }
    isBusy = false
  }
}
