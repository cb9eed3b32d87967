import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node'
import type { Instant } from '@pairgate/protocol'
import { createLog } from '../platform/log.ts'
import type { Connection } from '../ws/connection.ts'
import { openTraces } from './open-traces.ts'

const NOW = 1_763_776_800_123
const API = Symbol.for('opentelemetry.js.api.1')
const connection = { principal: { connId: 'c', role: 'operator' } } as Connection
const lines: string[] = []
const log = createLog({ level: 'info', destination: { write: (line) => lines.push(line) } })
const open = () => openTraces({ clock: { wall: () => NOW as Instant }, log })

test('without an SDK, or with one that is too old, there are no traces', async () => {
  assert.equal(await open(), undefined)
  // Others may have registered something else than traces.
  for (const api of [
    { version: '1.9.0' },
    { version: '1.2.0', trace: {} },
    { version: '2.0.0', trace: {} },
  ]) {
    Reflect.set(globalThis, API, api)
    assert.equal(await open(), undefined)
  }
  Reflect.deleteProperty(globalThis, API)
  assert.deepEqual(
    lines.map((line) => [JSON.parse(line).level, JSON.parse(line).version]),
    [
      ['warn', '1.2.0'],
      ['warn', '2.0.0'],
    ],
  )
})

test('a span has the times of its request, and only what is the fault of the gateway is an error', async () => {
  const exporter = new InMemorySpanExporter()
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  provider.register()
  after(() => provider.shutdown())
  const traces = await open()
  for (const outcome of ['ok', 'scope-missing', 'failed', 'database-away'])
    traces?.request(connection, { id: '1', method: 'health' }, outcome, 1_200.5)
  traces?.handshake({
    outcome: 'handshake-timeout',
    ms: undefined,
    peer: { connId: 'c', remoteIp: undefined, prefix: 'loopback' },
  })
  assert.deepEqual(
    exporter
      .getFinishedSpans()
      .map(({ startTime, duration, status, attributes }) => [
        startTime,
        duration,
        status.code,
        attributes['error.type'],
      ]),
    [
      [[1_763_776_798, 922_500_000], [1, 200_500_000], 0, undefined],
      [[1_763_776_798, 922_500_000], [1, 200_500_000], 0, undefined],
      [[1_763_776_798, 922_500_000], [1, 200_500_000], 2, 'failed'],
      [[1_763_776_798, 922_500_000], [1, 200_500_000], 2, 'database-away'],
    ],
  )
})
