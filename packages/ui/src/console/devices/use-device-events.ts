import type { GatewaySession } from '@pairgate/client'
import { useEffect } from 'preact/hooks'
import type { Presence } from './patch-devices.ts'

export interface DeviceEvents {
  /** These rows may be other ones now. */
  readonly changed: (deviceIds: readonly string[]) => void
  readonly presence: (presence: Presence) => void
  /** Somebody came who may belong to the list, or nobody can tell what has changed. */
  readonly stale: () => void
}

const BURST_MS = 400
/** So many rows are read one by one; beyond that the whole list is. */
const MOST_ROWS = 20
const NEWCOMERS = ['joined', 'arrived']

/** Gathers what is heard of devices, so that a flood of events asks little. */
export function useDeviceEvents(session: GatewaySession, events: DeviceEvents, key: unknown): void {
  useEffect(() => {
    const ids = new Set<string>()
    let isStale = false
    let timer: ReturnType<typeof setTimeout> | undefined
    const tell = (): void => {
      timer = undefined
      const gathered = [...ids]
      ids.clear()
      if (isStale || gathered.length > MOST_ROWS) events.stale()
      else events.changed(gathered)
      isStale = false
    }
    const soon = (): void => {
      timer ??= setTimeout(tell, BURST_MS)
    }
    const hear = (event: string, payload: unknown): void => {
      const { deviceId, change } = (payload ?? {}) as { deviceId?: string; change?: string }
      if (event === 'device.presence') return events.presence(payload as Presence)
      if (event !== 'device.pair.changed' && event !== 'device.pair.resolved') return
      if (deviceId === undefined || NEWCOMERS.includes(change ?? '') || event === 'device.pair.resolved')
        isStale = true
      else ids.add(deviceId)
      soon()
    }
    const stops = [
      session.onEvent(({ event, payload }) => hear(event, payload)),
      session.onState(({ kind }) => {
        if (kind === 'open') {
          isStale = true
          soon()
        }
      }),
    ]
    return () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [session, key])
}
