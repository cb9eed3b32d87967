/** The longest delay that a timer takes; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2_147_483_647

/** The delay as a timer can take it. */
export function timerDelay(ms: number): number {
  return Math.min(Math.max(ms, 0), LONGEST_DELAY_MS)
}

/**
 * Waits that many milliseconds.
 * @throws the signal's reason, when it aborts.
 */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal?.reason)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  const timer = setTimeout(resolve, timerDelay(ms))
  return promise.finally(() => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  })
}

export interface Deadline {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
  /** Makes the error of a deadline that has passed. */
  timedOut(): Error
}

/**
 * `work`, but no longer than the deadline. The work itself is not stopped: whoever began it ends it.
 * @throws the error of the deadline, or the signal's reason.
 */
export function withDeadline<T>(work: Promise<T>, { timeoutMs, signal, timedOut }: Deadline): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const abort = (): void => reject(signal?.reason)
  const timer = setTimeout(() => reject(timedOut()), timerDelay(timeoutMs))
  const stop = (): void => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  work.then(resolve, reject)
  return promise.finally(stop)
}
