import type { GatewaySession } from '@pairgate/client'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { type BrowserDevice, openBrowserDevice } from '../gateway/browser-device.ts'
import { missingFeatures } from '../gateway/missing-features.ts'
import { systemNow } from '../platform/clock.ts'
import { type LinkState, openLink, outOf } from './link.ts'

export interface Link {
  readonly state: LinkState
  /** Absent until the browser's key is there. */
  readonly device: BrowserDevice | undefined
  readonly session: GatewaySession | undefined
  /** Connects anew, with what the token holds by now. */
  readonly reconnect: () => void
}

export function useLink(): Link {
  const [state, enter] = useState<LinkState>({ kind: 'starting' })
  const [round, setRound] = useState(0)
  const [opened, setOpened] = useState<Pick<Link, 'device' | 'session'>>({
    device: undefined,
    session: undefined,
  })
  useEffect(() => {
    let session: GatewaySession | undefined
    let isOver = false
    const tell = (next: LinkState): void => {
      if (!isOver) enter(next)
    }
    void openDevice(tell).then((device) => {
      if (!device || isOver) return
      session = openLink({ device, now: systemNow, enter: tell })
      setOpened({ device, session })
    })
    return () => {
      isOver = true
      void session?.close()
    }
  }, [round])
  const reconnect = useCallback(() => setRound((before) => before + 1), [])
  return { state, ...opened, reconnect }
}

async function openDevice(enter: (state: LinkState) => void): Promise<BrowserDevice | undefined> {
  const missing = missingFeatures()
  if (missing.length > 0) {
    enter({ kind: 'out', out: 'unsupported', detail: missing.join(', ') })
    return undefined
  }
  try {
    const device = await openBrowserDevice()
    if (await device.loadToken()) return device
    enter({ kind: 'unpaired' })
  } catch (error) {
    enter(outOf(error))
  }
  return undefined
}
