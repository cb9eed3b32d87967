/** The longest delay that the runtime keeps; it fires a longer one at once. */
const LONGEST_MS = 2_147_483_647

/** Waiting, so that tests can move time by hand. */
export interface Timers {
  /** Runs `work` again and again, first after `ms`. */
  every(ms: number, work: () => void): () => void
  /** Runs `work` once after `ms`. */
  after(ms: number, work: () => void): () => void
}

/** Real timers; they never keep the process alive. */
export function createSystemTimers(): Timers {
  return {
    every(ms, work) {
      const timer = setInterval(work, checked(ms)).unref()
      return () => clearInterval(timer)
    },
    after(ms, work) {
      const timer = setTimeout(work, checked(ms)).unref()
      return () => clearTimeout(timer)
    },
  }
}

function checked(ms: number): number {
  if (ms >= 0 && ms <= LONGEST_MS) return ms
  throw new RangeError(`A timer of ${ms} ms cannot be kept. Use one sweeper instead of long timers.`)
}
