/** Runs jobs strictly one after the other, in the order in which they came. */
export function createQueue() {
  let tail: Promise<unknown> = Promise.resolve()
  return <T>(job: () => Promise<T>): Promise<T> => {
    const done = tail.then(job)
    tail = done.catch(() => undefined)
    return done
  }
}
