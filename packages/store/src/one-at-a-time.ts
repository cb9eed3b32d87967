import { AsyncLocalStorage } from 'node:async_hooks'

export interface Turns {
  /** Runs `job` once every job that came before it has ended, however it ended. */
  take<T>(job: () => Promise<T>): Promise<T>
  /** Runs `job` in the last turn of all: later calls of `take` are refused, repeated calls wait for the same end. */
  takeLast(job: () => Promise<void>): Promise<void>
}

interface Turn {
  isOver: boolean
}

/** A queue whose jobs run strictly one after the other, in the order in which they arrived. */
export function createTurns(): Turns {
  const current = new AsyncLocalStorage<Turn>()
  let tail: Promise<unknown> = Promise.resolve()
  let ending: Promise<void> | undefined

  function enqueue<T>(job: () => Promise<T>): Promise<T> {
    const turn: Turn = { isOver: false }
    const done = tail
      .then(() => current.run(turn, job))
      .finally(() => {
        turn.isOver = true
      })
    tail = done.catch(() => undefined)
    return done
  }

  // A job that waits for another turn of the same queue waits for its own end, that is for ever.
  const isInside = () => current.getStore()?.isOver === false

  return {
    async take(job) {
      if (isInside())
        throw new Error('a transaction cannot wait for another one: use the tx that it was given')
      if (ending) throw new Error('the store is closed')
      return enqueue(job)
    },
    async takeLast(job) {
      if (isInside()) throw new Error('a transaction cannot close its own store')
      ending ??= enqueue(job)
      return ending
    },
  }
}
