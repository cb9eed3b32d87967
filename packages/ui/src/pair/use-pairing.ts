import { readAppVisit } from '@pairgate/client'
import { useEffect, useState } from 'preact/hooks'
import { type BrowserDevice, openBrowserDevice } from '../gateway/browser-device.ts'
import { missingFeatures } from '../gateway/missing-features.ts'
import { systemNow } from '../platform/clock.ts'
import { createMemo } from '../platform/memo.ts'
import type { PairState } from './pair-state.ts'
import { createPairing, type Pairing, type PairMemo } from './pairing.ts'
import { type Problem, problemOf } from './problem.ts'
import { type Address, takeAddress } from './take-address.ts'
import { createVisitApp } from './visit-app.ts'

export interface PairingOfPage {
  readonly state: PairState
  /** Absent until the browser's key is there. */
  readonly device: BrowserDevice | undefined
  readonly pairing: Pairing | undefined
}

/** The pairing of this page, from its first moment on. */
export function usePairing(address: Address): PairingOfPage {
  const [state, enter] = useState<PairState>({ kind: 'starting' })
  const [opened, setOpened] = useState<Pick<PairingOfPage, 'device' | 'pairing'>>({
    device: undefined,
    pairing: undefined,
  })
  useEffect(() => {
    void open(enter).then((found) => {
      if (!found) return
      setOpened(found)
      const begin = ({ wasLink, secret }: Address): void => {
        void found.pairing.begin(secret, wasLink && !secret ? { kind: 'link-broken' } : undefined)
      }
      begin(address)
      // Somebody opens a link while the page is there: browsers change the fragment and load nothing.
      addEventListener('hashchange', () => {
        const next = takeAddress()
        if (next.wasLink) begin(next)
      })
    })
  }, [address])
  return { state, ...opened }
}

async function open(enter: (state: PairState) => void) {
  const missing = missingFeatures()
  const stop = (problem: Problem): void => enter({ kind: 'stopped', problem })
  if (missing.length > 0) return stop({ kind: 'unsupported', detail: missing.join(', ') })
  try {
    const device = await openBrowserDevice()
    const memo = createMemo<PairMemo>('pairgate.pair')
    const common = { device, now: systemNow, enter }
    const address = readAppVisit(location.href)
    const visit =
      address && createVisitApp({ ...common, visit: address, leave: (to) => location.replace(to) })
    return { device, pairing: createPairing({ ...common, memo, visit }) }
  } catch (error) {
    return stop(problemOf(error, { way: 'return' }, systemNow()))
  }
}
