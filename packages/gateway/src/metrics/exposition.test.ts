import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createGatewayMetrics, type MetricFacts } from './gateway-metrics.ts'
import { createLatencies } from './latencies.ts'
import { BUCKETS, METRICS } from './metric-table.ts'

const FACTS: MetricFacts = {
  version: '1.2.3',
  startedAtMs: 1_800_000_000_500,
  isReady: true,
  principals: [
    { kind: 'device', role: 'operator' },
    { kind: 'device', role: 'node' },
    { kind: 'device', role: 'operator' },
  ],
  waitingSockets: 4,
  following: { cursor: 12, lagMs: 250 },
  process: { cpuSeconds: 1.5, residentBytes: 1_000, heapBytes: 500, loopUtilization: 0.25 },
}
/** One line of the text format 0.0.4: a comment, or a name with labels and a number. */
const LINE =
  /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z_]+="([^"\\\n]|\\[\\"n])*"(,[a-z_]+="([^"\\\n]|\\[\\"n])*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?)$/
const linesOf = (text: string) => text.trimEnd().split('\n')

test('what was counted is written with the labels of its row', () => {
  const metrics = createGatewayMetrics()
  metrics.handshake('accepted', 0.4)
  metrics.handshake('signature-invalid', 3)
  metrics.request('health', 'ok', 0.1)
  metrics.request('health', 'ok', 30)
  metrics.request('health', 'scope-missing', 0)
  metrics.upgradeRefused('HOST_NOT_ALLOWED')
  const lines = new Set(linesOf(metrics.write(FACTS)))
  for (const line of [
    'pairgate_build_info{version="1.2.3"} 1',
    'pairgate_start_time_seconds 1800000000.5',
    'pairgate_connections{kind="device",role="operator"} 2',
    'pairgate_connections{kind="device",role="node"} 1',
    'pairgate_handshakes_total{outcome="accepted"} 1',
    'pairgate_handshakes_total{outcome="signature-invalid"} 1',
    'pairgate_handshake_duration_seconds_bucket{le="0.0005"} 1',
    'pairgate_handshake_duration_seconds_bucket{le="0.005"} 2',
    'pairgate_handshake_duration_seconds_count 2',
    'pairgate_requests_total{method="health",outcome="ok"} 2',
    'pairgate_requests_total{method="health",outcome="scope-missing"} 1',
    'pairgate_request_duration_seconds_bucket{method="health",le="0.025"} 2',
    'pairgate_request_duration_seconds_bucket{method="health",le="+Inf"} 3',
    'pairgate_upgrades_refused_total{code="HOST_NOT_ALLOWED"} 1',
    'pairgate_event_log_lag_seconds 0.25',
  ])
    assert.ok(lines.has(line), line)
})
test('every row has its help and its type, also when nothing was counted, and every line is well formed', () => {
  const lines = linesOf(
    createGatewayMetrics().write({ ...FACTS, following: { cursor: 0, lagMs: undefined } }),
  )
  for (const [name, { type }] of Object.entries(METRICS))
    assert.ok(lines.includes(`# TYPE ${name} ${type}`), name)
  for (const line of lines) assert.match(line, LINE)
})
test('no word can break out of its label', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (method, outcome) => {
      const metrics = createGatewayMetrics()
      metrics.request(method, outcome, 1)
      for (const line of linesOf(metrics.write(FACTS))) assert.match(line, LINE)
    }),
  )
})
test('every duration is in all buckets that reach it, and in no other', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 10_000, noNaN: true })), (durations) => {
      const latencies = createLatencies()
      for (const ms of durations) latencies.observe(ms)
      const expected = BUCKETS.map((bound) => durations.filter((ms) => ms / 1_000 <= bound).length)
      assert.deepEqual(latencies.cumulative(), [...expected, durations.length])
      assert.equal(latencies.count, durations.length)
    }),
  )
})
