import type { Sample } from './exposition.ts'
import { createLatencies, type Latencies } from './latencies.ts'
import { createTally } from './tallies.ts'

/** What is counted of the requests that go on to what is behind the gateway. */
export interface UpstreamTallies {
  /** The upstream by its name in the settings, so that there are never more rows than entries. */
  of(upstream: string): UpstreamTally
  /** A request went no further. */
  refused(code: string): void
  /** A decision has ended what was going on, or a connection on which something was. */
  cut(): void
  readonly samples: UpstreamSamples
}

export interface UpstreamTally {
  begun(): void
  /** @param status of the answer; absent when there was no proper one. */
  answered(status: number | undefined, ms: number): void
  ended(): void
}

export interface UpstreamSamples {
  readonly pairgate_upstream_requests_total: readonly Sample[]
  readonly pairgate_upstream_response_seconds: readonly Sample[]
  readonly pairgate_upstream_in_flight: readonly Sample[]
  readonly pairgate_upstream_refused_total: readonly Sample[]
  readonly pairgate_upstream_cut_total: readonly Sample[]
}

/** By the first digit of the status; the first word is for an answer that never came. */
const OUTCOMES = ['failed', 'upgraded', '2xx', '3xx', '4xx', '5xx'] as const

class Tally implements UpstreamTally {
  readonly counts = new Float64Array(OUTCOMES.length)
  readonly latencies: Latencies = createLatencies()
  inFlight = 0

  begun(): void {
    this.inFlight += 1
  }

  answered(status: number | undefined, ms: number): void {
    const at = status === undefined ? 0 : Math.trunc(status / 100)
    const known = at in this.counts ? at : 0
    this.counts[known] = (this.counts[known] ?? 0) + 1
    if (status !== undefined) this.latencies.observe(ms)
  }

  ended(): void {
    this.inFlight -= 1
  }
}

export function createUpstreamTallies(): UpstreamTallies {
  const rows = new Map<string, Tally>()
  const refusals = createTally()
  let cuts = 0
  return {
    of(upstream) {
      const known = rows.get(upstream)
      if (known) return known
      const row = new Tally()
      rows.set(upstream, row)
      return row
    },
    refused: refusals.count,
    cut() {
      cuts += 1
    },
    get samples() {
      const all = [...rows]
      return {
        pairgate_upstream_requests_total: all.flatMap(([name, { counts }]) =>
          OUTCOMES.flatMap((outcome, at) => {
            const value = counts[at] ?? 0
            return value === 0 ? [] : [{ labels: [name, outcome], value }]
          }),
        ),
        pairgate_upstream_response_seconds: all.map(([name, { latencies }]) => ({
          labels: [name],
          latencies,
        })),
        pairgate_upstream_in_flight: all.map(([name, { inFlight: value }]) => ({ labels: [name], value })),
        pairgate_upstream_refused_total: refusals.samples(),
        pairgate_upstream_cut_total: [{ labels: [], value: cuts }],
      }
    },
  }
}
