/** Waits between attempts: one second, growing to eight; a browser that comes back to the network ends one early. */
export function createDelays() {
  let delay = 1_000
  return {
    async next(atLeast = 0): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>()
      const early = (): void => resolve()
      const timer = setTimeout(resolve, Math.max(delay, atLeast))
      addEventListener('online', early, { once: true })
      delay = Math.min(delay * 2, 8_000)
      await promise
      clearTimeout(timer)
      removeEventListener('online', early)
    },
  }
}
