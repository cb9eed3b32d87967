/** How long a test waits for what must come; generous, because machines under load are slow. */
const PATIENCE_MS = 15_000

/** The promise, or an error that says what did not happen. */
export async function within<T>(
  promise: Promise<T>,
  what: () => string,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what()} did not happen within ${patienceMs} ms`)),
      patienceMs,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits until a condition holds; for states that no event announces. */
export async function eventually(
  holds: () => boolean | Promise<boolean>,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const signal = AbortSignal.timeout(patienceMs)
  while (!(await holds())) {
    if (signal.aborted) throw new Error(`${what} did not come true within ${patienceMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
