import type { GatewaySession } from '@pairgate/client'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useConsole } from './console-context.ts'
import { inTurn } from './use-live.ts'

type HeardEvent = Parameters<Parameters<GatewaySession['onEvent']>[0]>[0]

export interface Page<T> {
  readonly rows: readonly T[]
  /** Where the rest begins. */
  readonly next: string | number | undefined
}

export interface Pages<T> {
  /** Newest first; `undefined` until the first answer. */
  readonly data: readonly T[] | undefined
  readonly error: unknown
  readonly hasMore: boolean
  readonly more: () => void
  readonly reload: () => void
}

export interface Paging<T> {
  ask(session: GatewaySession, from: string | number | undefined): Promise<Page<T>>
  idOf(row: T): string | number
  /** Whether there may be newer rows behind an event. */
  hears(event: HeardEvent): boolean
}

/** A list that grows at its top by itself, and at its end as far as the reader goes back. */
export function usePages<T>(paging: Paging<T>): Pages<T> {
  const { session } = useConsole()
  const [page, setPage] = useState<Page<T>>()
  const [error, setError] = useState<unknown>()
  const control = useRef({ newest: (): void => {}, more: (): void => {} })
  useEffect(() => {
    let isOver = false
    let shown: Page<T> | undefined
    const read = async (from: Page<T>['next'], join: typeof onTop<T>): Promise<void> => {
      try {
        const found = await paging.ask(session, from)
        if (isOver) return
        shown = join(found, shown, paging.idOf)
        setPage(shown)
        setError(undefined)
      } catch (failure) {
        if (isOver) return
        setError(failure)
        // What is still there may be of another list.
        if (!shown) setPage(undefined)
      }
    }
    const wanted = { newest: true, more: false }
    // One behind the other: an older page must not be put behind a top that was replaced meanwhile.
    const work = inTurn(async () => {
      const { newest, more } = wanted
      Object.assign(wanted, { newest: false, more: false })
      if (newest) await read(undefined, onTop)
      if (more) await read(shown?.next, behind)
    })
    const want = (what: keyof typeof wanted): void => {
      wanted[what] = true
      work()
    }
    const newest = (): void => want('newest')
    control.current = { newest, more: () => want('more') }
    work()
    const stops = [
      session.onEvent((event) => paging.hears(event) && newest()),
      session.onState(({ kind }) => kind === 'open' && newest()),
    ]
    return () => {
      isOver = true
      for (const stop of stops) stop()
    }
  }, [session, paging])
  return {
    data: page?.rows,
    error,
    hasMore: page?.next !== undefined,
    more: () => control.current.more(),
    reload: () => control.current.newest(),
  }
}

type IdOf<T> = (row: T) => string | number

/** The newest page before what was read already, if they meet. */
function onTop<T>(newest: Page<T>, known: Page<T> | undefined, idOf: IdOf<T>): Page<T> {
  const ids = new Set(newest.rows.map(idOf))
  if (!known?.rows.some((row) => ids.has(idOf(row)))) return newest
  return { ...known, rows: [...newest.rows, ...known.rows.filter((row) => !ids.has(idOf(row)))] }
}

/** The next page behind what was read already, each row once. */
function behind<T>(older: Page<T>, known: Page<T> | undefined, idOf: IdOf<T>): Page<T> {
  const ids = new Set(known?.rows.map(idOf))
  return { ...older, rows: [...(known?.rows ?? []), ...older.rows.filter((row) => !ids.has(idOf(row)))] }
}
