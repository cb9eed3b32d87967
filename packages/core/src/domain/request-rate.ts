/** So many requests per second in the long run, and so many at once after a pause. */
export interface RequestRate {
  readonly perSecond: number
  readonly burst: number
}

/** Times since 1970 leave a double few digits behind the millisecond: sums of prices need a little room. */
const SLACK_MS = 0.01

/**
 * The one number that is kept of a connection: the moment at which its requests so far are paid for, one
 * every `1 / perSecond`. It may lie in the future by as much as a burst is worth.
 * @returns the new moment, or `undefined` when the request comes too soon.
 */
export function payForRequest(paidUntil: number, rate: RequestRate, now: number): number | undefined {
  const price = 1_000 / rate.perSecond
  const next = Math.max(paidUntil, now) + price
  return next - now > rate.burst * price + SLACK_MS ? undefined : next
}

/** How long until the next request will be taken, in whole milliseconds. */
export function waitForRequest(paidUntil: number, { perSecond, burst }: RequestRate, now: number): number {
  const price = 1_000 / perSecond
  return Math.max(1, Math.ceil(paidUntil - now - (burst - 1) * price - SLACK_MS))
}
