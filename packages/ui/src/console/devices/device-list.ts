import type { MethodResult } from '@pairgate/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'

type Page = MethodResult<'device.page'>
export type Device = Page['devices'][number]
export type Token = Device['tokens'][number]

export const STATES = ['live', 'expired', 'revoked'] as const
export const SORTS = ['name', 'paired', 'seen', 'expires'] as const

export interface Wanted {
  readonly search: string
  readonly state: (typeof STATES)[number] | ''
  readonly sort: (typeof SORTS)[number]
  readonly isConnected: boolean
}

export const EVERYTHING: Wanted = { search: '', state: '', sort: 'name', isConnected: false }

export interface DeviceList {
  readonly devices: readonly Device[]
  readonly total: number | undefined
  readonly isCut: boolean
  readonly error: unknown
  readonly hasMore: boolean
  readonly more: () => void
  readonly reload: () => void
}

interface Loaded extends Pick<Page, 'devices' | 'total' | 'next'> {
  readonly isCut: boolean
}

const TYPING_MS = 250
const BURST_MS = 400

/** Pages of devices, as far as the reader has asked for them; the gateway searches, filters and sorts. */
export function useDeviceList(wanted: Wanted): DeviceList {
  const { session } = useConsole()
  const [loaded, setLoaded] = useState<Loaded>()
  const [error, setError] = useState<unknown>()
  const last = useRef(0)
  const pages = useRef(1)
  const params = useMemo(() => paramsOf(wanted), [wanted])

  async function load(): Promise<void> {
    // An answer that comes late must not replace a newer one.
    last.current += 1
    const turn = last.current
    try {
      const next = await loadPages(
        (cursor) => session.request('device.page', { ...params, ...cursor }),
        pages.current,
      )
      if (turn !== last.current) return
      setLoaded(next)
      setError(undefined)
    } catch (failure) {
      if (turn === last.current) setError(failure)
    }
  }
  const reload = (): void => void load()

  useEffect(() => {
    pages.current = 1
    const timer = setTimeout(reload, loaded ? TYPING_MS : 0)
    return () => clearTimeout(timer)
  }, [session, params])

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const soon = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined
        reload()
      }, BURST_MS)
    }
    const stops = [
      session.onEvent(({ event }) => HEARD.includes(event) && soon()),
      session.onState(({ kind }) => kind === 'open' && soon()),
    ]
    return () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [session, params])

  return {
    devices: loaded?.devices ?? [],
    total: loaded?.total,
    isCut: loaded?.isCut === true,
    error,
    hasMore: loaded?.next !== undefined,
    more() {
      pages.current += 1
      reload()
    },
    reload,
  }
}

const HEARD = ['device.pair.changed', 'device.pair.resolved', 'device.pair.invitation', 'device.presence']

function paramsOf({ search, state, sort, isConnected }: Wanted) {
  const text = search.trim()
  return {
    sort,
    order: sort === 'paired' || sort === 'seen' ? ('desc' as const) : ('asc' as const),
    ...(text !== '' && { search: text }),
    ...(state !== '' && { state }),
    ...(isConnected && { connected: true }),
  }
}

/** As many pages as were shown before, anew: what has changed may have moved from one to another. */
async function loadPages(
  ask: (cursor: { readonly cursor?: string }) => Promise<Page>,
  count: number,
): Promise<Loaded> {
  const devices = new Map<string, Device>()
  let page = await ask({})
  for (let at = 1; ; at += 1) {
    for (const device of page.devices) devices.set(device.deviceId, device)
    if (at >= count || page.next === undefined) break
    page = await ask({ cursor: page.next })
  }
  const { total, next, totalIsCut } = page
  return {
    devices: [...devices.values()],
    total,
    ...(next !== undefined && { next }),
    isCut: totalIsCut === true,
  }
}
