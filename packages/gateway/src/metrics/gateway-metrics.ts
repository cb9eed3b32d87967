import type { Following, Principal } from '@pairgate/core'
import type { TlsReport } from '@pairgate/protocol/wire'
import type { ProcessFacts } from '../platform/process-facts.ts'
import { type Sample, writeExposition } from './exposition.ts'
import { createLatencies } from './latencies.ts'
import { createRequestTally, createTally, type RequestTally, type Tally } from './tallies.ts'
import type { UpstreamBytes } from './upstream-bytes.ts'
import { createUpstreamTallies, type UpstreamTallies } from './upstream-tallies.ts'

/** What is asked only when somebody reads the metrics. */
export interface MetricFacts {
  readonly version: string
  readonly startedAtMs: number
  readonly isReady: boolean
  /** Of every connection. */
  readonly principals: readonly Pick<Principal, 'kind' | 'role'>[]
  readonly waitingSockets: number
  readonly following: Pick<Following, 'cursor' | 'lagMs'>
  /** Absent without TLS. */
  readonly tls?: Pick<TlsReport, 'notAfterMs' | 'problem'> | undefined
  readonly process: ProcessFacts
}

/**
 * What this instance counts. Counting is a few additions on numbers of its own: it stands in the way of
 * every request, and a metrics library costs a sixth of one (docs/decisions/0027).
 */
export interface GatewayMetrics {
  upgradeRefused(code: string): void
  /** Without a time when there was no answer. */
  handshake(outcome: string, ms: number | undefined): void
  request(method: string, outcome: string, ms: number): void
  readonly upstreams: UpstreamTallies
  /** The sums since the start. */
  counts(): MetricCounts
  /** All of it, in the text format of Prometheus. */
  write(facts: MetricFacts): string
}

/** What was counted since the start, without regard to methods. */
export interface MetricCounts {
  readonly connects: number
  readonly requests: number
  readonly proxied: number
  /** By what was refused and why, such as `connect:pairing-required`. */
  readonly refused: ReadonlyMap<string, number>
}

/** @param bytes of the connections to upstreams; left out where there are none. */
export function createGatewayMetrics(bytes?: Pick<UpstreamBytes, 'samples'>): GatewayMetrics {
  const upgrades = createTally()
  const handshakes = createTally()
  const handshakeTimes = createLatencies()
  const requests = createRequestTally()
  const upstreams = createUpstreamTallies()
  return {
    upgradeRefused: upgrades.count,
    handshake(outcome, ms) {
      handshakes.count(outcome)
      if (ms !== undefined) handshakeTimes.observe(ms)
    },
    request: requests.observe,
    upstreams,
    counts: () => sumUp({ upgrades, handshakes, requests, upstreams }),
    write: (facts) =>
      writeExposition({
        pairgate_build_info: [{ labels: [facts.version], value: 1 }],
        pairgate_start_time_seconds: one(facts.startedAtMs / 1_000),
        pairgate_ready: one(facts.isReady ? 1 : 0),
        pairgate_connections: countConnections(facts.principals),
        pairgate_sockets_waiting: one(facts.waitingSockets),
        pairgate_upgrades_refused_total: upgrades.samples(),
        pairgate_handshakes_total: handshakes.samples(),
        pairgate_handshake_duration_seconds: [{ labels: [], latencies: handshakeTimes }],
        pairgate_requests_total: requests.counts(),
        pairgate_request_duration_seconds: requests.durations(),
        ...upstreams.samples,
        pairgate_upstream_bytes_total: bytes?.samples() ?? [],
        pairgate_event_log_seq: one(facts.following.cursor),
        pairgate_event_log_lag_seconds: lagOf(facts.following),
        pairgate_tls_not_after_seconds: facts.tls ? one(facts.tls.notAfterMs / 1_000) : [],
        pairgate_tls_replacement_failing: facts.tls ? one(facts.tls.problem === undefined ? 0 : 1) : [],
        process_cpu_seconds_total: one(facts.process.cpuSeconds),
        process_resident_memory_bytes: one(facts.process.residentBytes),
        nodejs_heap_used_bytes: one(facts.process.heapBytes),
        nodejs_eventloop_utilization: one(facts.process.loopUtilization),
      }),
  }
}

const numberOf = (sample: Sample): number => ('value' in sample ? sample.value : 0)

interface Tallies {
  readonly upgrades: Tally
  readonly handshakes: Tally
  readonly requests: RequestTally
  readonly upstreams: UpstreamTallies
}

function sumUp({ upgrades, handshakes, requests, upstreams }: Tallies): MetricCounts {
  const refused = new Map<string, number>()
  const add = (what: string, why: string, count: number) =>
    refused.set(`${what}:${why}`, (refused.get(`${what}:${why}`) ?? 0) + count)
  let connects = 0
  for (const [outcome, count] of handshakes.all())
    if (outcome === 'accepted') connects += count
    else add('connect', outcome, count)
  for (const [code, count] of upgrades.all()) add('upgrade', code, count)
  const { ok, refused: refusedRequests } = requests.sums()
  for (const [outcome, count] of refusedRequests) add('request', outcome, count)
  const { pairgate_upstream_requests_total: answers, pairgate_upstream_refused_total: refusals } =
    upstreams.samples
  for (const sample of refusals) add('app', sample.labels[0] ?? '', numberOf(sample))
  const proxied = answers.reduce((total, sample) => total + numberOf(sample), 0)
  return { connects, requests: ok, proxied, refused }
}

function lagOf({ lagMs }: MetricFacts['following']): readonly Sample[] {
  return lagMs === undefined ? [] : one(lagMs / 1_000)
}

function one(value: number): readonly Sample[] {
  return [{ labels: [], value }]
}

function countConnections(principals: MetricFacts['principals']): readonly Sample[] {
  const counts = new Map<string, { readonly labels: readonly string[]; value: number }>()
  for (const { kind, role } of principals) {
    const known = counts.get(`${kind} ${role}`) ?? { labels: [kind, role], value: 0 }
    known.value += 1
    counts.set(`${kind} ${role}`, known)
  }
  return [...counts.values()]
}
