import type { EventFrame } from '@pairgate/protocol/wire'

/** Enough for what a gateway says between its hello and the caller's first listener. */
const MOST_HELD = 64

export interface EventListeners {
  add(listener: (event: EventFrame) => void): () => void
  tell(event: EventFrame): void
}

/** Those who hear a connection's events. Until somebody listens, the first ones are held. */
export function createEventListeners(): EventListeners {
  const listeners = new Set<(event: EventFrame) => void>()
  let held: EventFrame[] | undefined = []

  function tell(event: EventFrame): void {
    for (const listener of [...listeners]) hand(event, listener)
  }

  return {
    add(listener) {
      // A wrapper of its own, so that one function added twice is also removed twice.
      const own = (event: EventFrame): void => listener(event)
      listeners.add(own)
      const earlier = held ?? []
      held = undefined
      for (const event of earlier) hand(event, own)
      return () => {
        listeners.delete(own)
      }
    },
    tell(event) {
      if (held === undefined) tell(event)
      else if (held.length < MOST_HELD) held.push(event)
    },
  }
}

// One listener that throws must not keep the others from hearing, nor end up inside the socket's parser.
function hand(event: EventFrame, listener: (event: EventFrame) => void): void {
  try {
    listener(event)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
