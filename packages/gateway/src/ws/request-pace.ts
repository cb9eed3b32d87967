import { payForRequest, type RequestRate, waitForRequest } from '@pairgate/core'
import type { LimitsConfig } from '../config/gateway-config.ts'
import type { Connection } from './connection.ts'

/** How many seconds' worth of requests may come at once. */
const BURST_SECONDS = 5

/**
 * Keeps each connection to its rate.
 * @returns how long the next request has to wait, in milliseconds; 0 when it is taken.
 */
export function createRequestPace(
  limits: Pick<LimitsConfig, 'requestsPerSecond'>,
): (connection: Connection, now: number) => number {
  const paidUntil = new WeakMap<Connection, number>()
  return (connection, now) => {
    const perSecond = limits.requestsPerSecond
    const rate: RequestRate = { perSecond, burst: perSecond * BURST_SECONDS }
    const paid = paidUntil.get(connection) ?? now
    const next = payForRequest(paid, rate, now)
    if (next === undefined) return waitForRequest(paid, rate, now)
    paidUntil.set(connection, next)
    return 0
  }
}
