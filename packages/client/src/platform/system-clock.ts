/** Milliseconds since the Unix epoch, as this machine tells them. */
export function systemNow(): number {
  return Date.now()
}

/** Milliseconds since some fixed moment; never set back, so only differences mean something. */
export function monotonicNow(): number {
  return performance.now()
}
