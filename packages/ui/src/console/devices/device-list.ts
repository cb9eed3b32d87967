import type { MethodResult } from '@pairgate/client'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { useConsole } from '../console-context.ts'
import type { Live } from '../use-live.ts'
import { withPresence, withRow } from './patch-devices.ts'
import { useDeviceEvents } from './use-device-events.ts'
import { paramsOf, type Wanted } from './wanted.ts'

type Page = MethodResult<'device.page'>
export type Device = Page['devices'][number]
export type Token = Device['tokens'][number]

export interface DeviceList extends Live<Loaded> {
  /** What is shown is not yet what is wanted. */
  readonly isStale: boolean
  readonly more: () => void
}

export interface Loaded extends Pick<Page, 'devices' | 'total' | 'next'> {
  readonly isCut: boolean
}

type Cursor = { readonly cursor?: string }
type Ask = (cursor: Cursor) => Promise<Page>

const TYPING_MS = 250

/** Pages of devices, as far as the reader has asked for them; the gateway searches, filters and sorts. */
export function useDeviceList(wanted: Wanted): DeviceList {
  const { session } = useConsole()
  const [loaded, setLoaded] = useState<Loaded>()
  const [error, setError] = useState<unknown>()
  const [isStale, setStale] = useState(false)
  const last = useRef(0)
  const pages = useRef(1)
  const shown = useRef<Loaded>(undefined)
  const params = useMemo(() => paramsOf(wanted), [wanted])
  const show = (next: Loaded): void => {
    shown.current = next
    setLoaded(next)
  }

  async function load(known?: Loaded): Promise<void> {
    // An answer that comes late must not replace a newer one.
    last.current += 1
    const turn = last.current
    const ask = (cursor: Cursor) => session.request('device.page', { ...params, ...cursor })
    try {
      const next = await (known ? loadNext(ask, known) : loadPages(ask, pages.current))
      if (turn !== last.current) return
      show(next)
      setError(undefined)
      setStale(false)
    } catch (failure) {
      if (turn === last.current) setError(failure)
    }
  }
  const reload = (): void => void load()

  useEffect(() => {
    pages.current = 1
    setStale(true)
    const timer = setTimeout(reload, loaded ? TYPING_MS : 0)
    return () => clearTimeout(timer)
  }, [session, params])
  useFollowing(wanted, { shown, pages, show, reload })

  return {
    data: loaded,
    error,
    isStale,
    reload,
    more() {
      pages.current += 1
      void load(shown.current)
    },
  }
}

interface Following {
  readonly shown: { current: Loaded | undefined }
  readonly pages: { current: number }
  readonly show: (next: Loaded) => void
  readonly reload: () => void
}

/** For each page that is shown: the more there is to read anew, the longer it waits. */
const STALE_MS = 400

/** Keeps what is shown right by events, row by row; all of it is read anew only where no row can tell. */
function useFollowing(wanted: Wanted, { shown, pages, show, reload }: Following): void {
  const { session, gatewayNow } = useConsole()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [session, wanted])

  function stale(): void {
    clearTimeout(timer.current)
    timer.current = setTimeout(reload, STALE_MS * pages.current)
  }
  async function changed(deviceIds: readonly string[]): Promise<void> {
    for (const deviceId of deviceIds) {
      if (!shown.current?.devices.some((each) => each.deviceId === deviceId)) continue
      // Without an answer the connection is away, and whoever comes back reads everything.
      const page = await session.request('device.page', { search: deviceId, limit: 1 }).catch(() => undefined)
      const device = page?.devices.find((each) => each.deviceId === deviceId)
      const now = shown.current
      if (page && now) show(withRow(now, { deviceId, device, at: gatewayNow() }, wanted))
    }
  }
  const events = {
    changed: (deviceIds: readonly string[]) => void changed(deviceIds),
    stale,
    presence(presence: Parameters<typeof withPresence>[1]) {
      if (!shown.current) return
      const patched = withPresence(shown.current, presence, wanted)
      if (patched) show(patched)
      else stale()
    },
  }
  useDeviceEvents(session, events, wanted)
}

/** As many pages as were shown before, anew: what has changed may have moved from one to another. */
async function loadPages(ask: Ask, count: number): Promise<Loaded> {
  let loaded = behind([], await ask({}))
  for (let at = 1; at < count && loaded.next !== undefined; at += 1) loaded = await loadNext(ask, loaded)
  return loaded
}

async function loadNext(ask: Ask, known: Loaded): Promise<Loaded> {
  return known.next === undefined ? known : behind(known.devices, await ask({ cursor: known.next }))
}

/** Each device once, though one that was renamed on the way may come twice. */
function behind(known: readonly Device[], { devices, total, next, totalIsCut }: Page): Loaded {
  const all = new Map([...known, ...devices].map((device) => [device.deviceId, device]))
  return {
    devices: [...all.values()],
    total,
    ...(next !== undefined && { next }),
    isCut: totalIsCut === true,
  }
}
