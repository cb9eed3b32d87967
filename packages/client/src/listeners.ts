export interface Listeners<T> {
  /** @returns how to stop listening. */
  add(listener: (value: T) => void): () => void
  tell(value: T): void
}

/**
 * Those who want to hear about something.
 * @param mostHeld how many of the first values to keep for the first listener, who cannot come earlier
 * than the promise that gives him the chance.
 */
export function createListeners<T>(mostHeld = 0): Listeners<T> {
  const listeners = new Set<(value: T) => void>()
  let held: T[] | undefined = []

  return {
    add(listener) {
      // A wrapper of its own, so that one function added twice is also removed twice.
      const own = (value: T): void => listener(value)
      listeners.add(own)
      const earlier = held ?? []
      held = undefined
      for (const value of earlier) hand(value, own)
      return () => {
        listeners.delete(own)
      }
    },
    tell(value) {
      if (held && held.length < mostHeld) held.push(value)
      for (const listener of [...listeners]) hand(value, listener)
    },
  }
}

// One listener that throws must not keep the others from hearing, nor end up inside the socket's parser.
function hand<T>(value: T, listener: (value: T) => void): void {
  try {
    listener(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
