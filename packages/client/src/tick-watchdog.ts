import { monotonicNow } from './platform/system-clock.ts'
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
  const patienceMs = Math.max(SHORTEST_SILENCE_MS, 2 * tickIntervalMs)
  let fedAt = monotonicNow()
  let timer = startTimer(patienceMs)

  function startTimer(ms: number): ReturnType<typeof setTimeout> {
    const started = setTimeout(look, timerDelay(ms))
    // The socket keeps the process alive; the watch over it need not. Browsers know no such thing.
    const handle: unknown = started
    if (isNodeTimer(handle)) handle.unref()
    return started
  }
  function look(): void {
    const leftMs = fedAt + patienceMs - monotonicNow()
    if (leftMs > 0) timer = startTimer(leftMs)
    else silent()
  }

  return {
    feed() {
      fedAt = monotonicNow()
    },
    stop() {
      clearTimeout(timer)
    },
  }
}

function isNodeTimer(handle: unknown): handle is { unref(): void } {
  return typeof handle === 'object' && handle !== null && 'unref' in handle
}
