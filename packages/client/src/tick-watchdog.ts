import { timerDelay } from './timer.ts'

/** Below this a gateway that announces a tiny interval would be cut off between two of its own ticks. */
const SHORTEST_SILENCE_MS = 1_000

export interface TickWatchdog {
  /** A frame has come: the gateway lives. */
  feed(): void
  stop(): void
}

/** Calls `silent` once, when no frame has come for twice the gateway's tick interval (interop fact 1). */
export function startTickWatchdog(tickIntervalMs: number, silent: () => void): TickWatchdog {
  const timer = setTimeout(silent, timerDelay(Math.max(SHORTEST_SILENCE_MS, 2 * tickIntervalMs)))
  // The socket keeps the process alive; the watch over it need not.
  timer.unref()
  return {
    feed() {
      timer.refresh()
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
