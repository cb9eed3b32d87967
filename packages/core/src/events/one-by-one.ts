/** Runs jobs strictly one after the other, in the order in which they came. */
export function createQueue() {
  let tail: Promise<unknown> = Promise.resolve()
  return <T>(job: () => Promise<T>): Promise<T> => {
    const done = tail.then(job)
    tail = done.catch(() => undefined)
    return done
  }
}

/** Runs `work` alone. Whoever calls while it runs shares one more run behind it. */
export function createRerun(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined

  function start(): Promise<void> {
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return start()
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }
}
