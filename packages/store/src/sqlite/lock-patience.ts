import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '../store-unavailable.ts'

const PAUSES_MS = [1, 2, 5, 10, 25] as const

/**
 * Tries again while another connection holds the lock, for `patienceMs` in all. SQLite's own busy
 * timeout would stop the whole process meanwhile, and so never end if that process holds the lock.
 */
export async function untilUnlocked<T>(patienceMs: number, attempt: () => T): Promise<T> {
  let waitedMs = 0
  for (let tries = 0; ; tries += 1) {
    try {
      return attempt()
    } catch (error) {
      const isLocked = error instanceof StoreUnavailable && error.reason === 'locked'
      if (!isLocked || waitedMs >= patienceMs) throw error
    }
    const next = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 1
    await pause(next)
    waitedMs += next
  }
}
