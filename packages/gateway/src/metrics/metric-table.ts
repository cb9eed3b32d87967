export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** Every value of a label comes from a list of ours, never from what a peer sent. */
  readonly labels: readonly string[]
}

/** Every metric of `/__pairgate__/metrics`, by the naming rules of Prometheus: base units, `_total` for counters. */
export const METRICS = {
  pairgate_build_info: {
    type: 'gauge',
    help: 'Always 1; the version stands in the label.',
    labels: ['version'],
  },
  pairgate_start_time_seconds: {
    type: 'gauge',
    help: 'When the gateway started, in seconds since 1970.',
    labels: [],
  },
  pairgate_ready: { type: 'gauge', help: '1 while /readyz answers 200, else 0.', labels: [] },
  pairgate_connections: {
    type: 'gauge',
    help: 'Connections after their hello, by what they act as and in which role.',
    labels: ['kind', 'role'],
  },
  pairgate_sockets_waiting: { type: 'gauge', help: 'Sockets that have proved nothing yet.', labels: [] },
  pairgate_upgrades_refused_total: {
    type: 'counter',
    help: 'WebSocket upgrades that were refused before the first frame, by code.',
    labels: ['code'],
  },
  pairgate_handshakes_total: {
    type: 'counter',
    help: 'Handshakes by outcome: accepted, or the reason of the refusal.',
    labels: ['outcome'],
  },
  pairgate_handshake_duration_seconds: {
    type: 'histogram',
    help: 'From the first frame of a handshake to its answer.',
    labels: [],
  },
  pairgate_requests_total: {
    type: 'counter',
    help: 'Requests by method and outcome: ok, or the reason of the refusal.',
    labels: ['method', 'outcome'],
  },
  pairgate_request_duration_seconds: {
    type: 'histogram',
    help: 'From the frame of a request to its answer.',
    labels: ['method'],
  },
  pairgate_upstream_requests_total: {
    type: 'counter',
    help: 'Requests that were let through to an upstream: class of the answer, upgraded, or failed without one.',
    labels: ['upstream', 'outcome'],
  },
  pairgate_upstream_response_seconds: {
    type: 'histogram',
    help: 'From the request to the head of the answer of an upstream.',
    labels: ['upstream'],
  },
  pairgate_upstream_in_flight: {
    type: 'gauge',
    help: 'Requests, streams and WebSockets that are open to an upstream.',
    labels: ['upstream'],
  },
  pairgate_upstream_refused_total: {
    type: 'counter',
    help: 'Requests for upstreams that the gateway refused, by code.',
    labels: ['code'],
  },
  pairgate_upstream_cut_total: {
    type: 'counter',
    help: 'Requests, streams, WebSockets and idle connections to upstreams that a decision or a deadline cut.',
    labels: [],
  },
  pairgate_upstream_bytes_total: {
    type: 'counter',
    help: 'Bytes on the connections to an upstream, heads included: to-upstream or from-upstream.',
    labels: ['upstream', 'direction'],
  },
  pairgate_event_log_seq: {
    type: 'gauge',
    help: 'Number of the last event that this gateway has acted on.',
    labels: [],
  },
  pairgate_event_log_lag_seconds: {
    type: 'gauge',
    help: 'How long ago the event log was last read to its end; above 2 nothing remembered is believed.',
    labels: [],
  },
  pairgate_tls_not_after_seconds: {
    type: 'gauge',
    help: 'When the TLS certificate in use runs out, in seconds since 1970.',
    labels: [],
  },
  pairgate_tls_replacement_failing: {
    type: 'gauge',
    help: '1 while a newer TLS certificate cannot be used and the one before is kept, else 0.',
    labels: [],
  },
  process_cpu_seconds_total: { type: 'counter', help: 'CPU time of the process.', labels: [] },
  process_resident_memory_bytes: { type: 'gauge', help: 'Resident memory of the process.', labels: [] },
  nodejs_heap_used_bytes: { type: 'gauge', help: 'Used part of the JavaScript heap.', labels: [] },
  nodejs_eventloop_utilization: {
    type: 'gauge',
    help: 'Share of the time in which the event loop was busy, from 0 to 1, since the start.',
    labels: [],
  },
} as const satisfies Record<string, MetricRow>

export type MetricName = keyof typeof METRICS

/** Upper bounds of the buckets, in seconds: from a cached check to a database that hardly answers. */
export const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const
