/** Milliseconds since the Unix epoch, as this machine tells them. */
export function systemNow(): number {
  return Date.now()
}
