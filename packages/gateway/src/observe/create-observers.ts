import type { Peer } from '../http/peer.ts'
import type { Figures } from '../metrics/figures.ts'
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts'
import type { Log } from '../platform/log.ts'
import type { Connection } from '../ws/connection.ts'
import { createFaultLog, type FaultLog } from './fault-log.ts'
import { createAnswerLog } from './log-answers.ts'
import type { Observer } from './observer.ts'
import { createRefusalSummary } from './refusal-summary.ts'

/** Everything that watches what the gateway does. */
export interface Observers extends Observer {
  readonly faults: FaultLog
  upgradeRefused(code: string, from: Pick<Peer, 'address' | 'prefix'>): void
  /** The socket of a connection is gone. */
  closed(connection: Connection, code: number): void
  /** Says once a minute what was refused, and notes the minute's figures. */
  sumUp(): void
}

export interface ObserversDeps {
  readonly log: Log
  readonly metrics: GatewayMetrics
  readonly figures: Pick<Figures, 'sample'>
  /** Only where an SDK for traces is loaded. */
  readonly traces: Observer | undefined
}

export function createObservers({ log, metrics, figures, traces }: ObserversDeps): Observers {
  const summary = createRefusalSummary(log)
  const faults = createFaultLog(log)
  const lines = createAnswerLog(log)
  const spans = traces && shield(traces, faults)
  // Asked each time, because the level changes live: a line that nobody reads must not even cost its fields.
  const areLinesRead = () => log.isLevelEnabled('debug')
  return {
    faults,
    handshake(ended) {
      const { outcome, ms } = ended
      metrics.handshake(outcome, ms)
      if (outcome !== 'accepted') summary.count('handshakes', outcome)
      if (areLinesRead()) lines.handshake(ended)
      spans?.handshake(ended)
    },
    request(connection, request, outcome, ms) {
      metrics.request(request.method, outcome, ms)
      if (outcome !== 'ok') summary.count('requests', outcome)
      if (areLinesRead()) lines.request(connection, request, outcome, ms)
      spans?.request(connection, request, outcome, ms)
    },
    upgradeRefused(code, { address, prefix }) {
      metrics.upgradeRefused(code)
      summary.count('upgrades', code)
      log.debug({ code, address: address ?? prefix }, 'upgrade refused')
    },
    closed(connection, code) {
      if (areLinesRead()) lines.closed(connection, code)
    },
    sumUp() {
      summary.write()
      figures.sample()
      faults.renew()
    },
  }
}

/** What an SDK does is not in our hands, and must not be able to break a request. */
function shield(traces: Observer, faults: FaultLog): Observer {
  const tell = (work: () => void): void => {
    try {
      work()
    } catch (error) {
      faults.note('tracing failed', error, {})
    }
  }
  return {
    handshake: (ended) => tell(() => traces.handshake(ended)),
    request: (connection, request, outcome, ms) =>
      tell(() => traces.request(connection, request, outcome, ms)),
  }
}
