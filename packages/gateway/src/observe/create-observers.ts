import type { Peer } from '../http/peer.ts'
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts'
import type { Log } from '../platform/log.ts'
import type { Connection } from '../ws/connection.ts'
import { createFaultLog, type FaultLog } from './fault-log.ts'
import { createAnswerLog } from './log-answers.ts'
import { type Observer, observeAll } from './observer.ts'
import { createRefusalSummary } from './refusal-summary.ts'

/** Everything that watches what the gateway does. */
export interface Observers extends Observer {
  readonly faults: FaultLog
  upgradeRefused(code: string, from: Pick<Peer, 'address' | 'prefix'>): void
  /** The socket of a connection is gone. */
  closed(connection: Connection, code: number): void
  /** Says once a minute what was refused. */
  sumUp(): void
}

export interface ObserversDeps {
  readonly log: Log
  readonly metrics: GatewayMetrics
}

export function createObservers({ log, metrics }: ObserversDeps): Observers {
  const summary = createRefusalSummary(log)
  const faults = createFaultLog(log)
  // Lines that nobody reads must cost nothing, not even the making of their fields.
  const lines = log.isLevelEnabled('debug') ? createAnswerLog(log) : undefined
  const counting: Observer = {
    handshake: ({ outcome, ms }) => metrics.handshake(outcome, ms),
    request: (_connection, { method }, outcome, ms) => metrics.request(method, outcome, ms),
  }
  return {
    ...observeAll([counting, summary, ...(lines ? [lines] : [])]),
    faults,
    upgradeRefused(code, { address, prefix }) {
      metrics.upgradeRefused(code)
      summary.upgrade(code)
      log.debug({ code, address: address ?? prefix }, 'upgrade refused')
    },
    closed: (connection, code) => lines?.closed(connection, code),
    sumUp() {
      summary.write()
      faults.renew()
    },
  }
}
