/** Goes on at once with what is there already: to wait for it would cost more than most of what follows. */
export function atOnce<Value, Next>(
  value: Value | Promise<Value>,
  next: (value: Value) => Next | Promise<Next>,
): Next | Promise<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Does what may take a while or not, and tells of its failure, now or later. */
export function attempt(work: () => void | Promise<void>, onFailed: (error: unknown) => void): void {
  try {
    const late = work()
    if (late instanceof Promise) late.catch(onFailed)
  } catch (error) {
    onFailed(error)
  }
}
