import type { ReceivedFrame } from '../received-frame.ts'

type Frame = ReceivedFrame | undefined

/** More frames than a gateway sends before or right after its hello; a flood must not fill the memory. */
const MOST_WAITING = 256

/** Holds frames until somebody takes them: one by one in the handshake, all in order afterwards. */
export interface FrameQueue {
  /** Answers `false` when the frame found no more room. */
  add(frame: Frame): boolean
  next(): Promise<Frame>
  listen(listener: (frame: Frame) => void): void
  /** Lets `next` fail once the frames that did come have been taken. */
  end(error: Error): void
}

export function createFrameQueue(): FrameQueue {
  const waiting: Frame[] = []
  let taker: PromiseWithResolvers<Frame> | undefined
  let listener: ((frame: Frame) => void) | undefined
  let ended: Error | undefined

  return {
    add(frame) {
      if (listener) {
        listener(frame)
      } else if (taker) {
        taker.resolve(frame)
        taker = undefined
      } else if (waiting.length < MOST_WAITING) {
        waiting.push(frame)
      } else {
        return false
      }
      return true
    },
    next() {
      if (waiting.length > 0) return Promise.resolve(waiting.shift())
      if (ended) return Promise.reject(ended)
      taker ??= Promise.withResolvers<Frame>()
      return taker.promise
    },
    listen(to) {
      listener = to
      for (const frame of waiting.splice(0)) to(frame)
    },
    end(error) {
      ended = error
      taker?.reject(error)
      taker = undefined
    },
  }
}
