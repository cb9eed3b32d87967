import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import fc from 'fast-check'
import { createFigures } from './figures.ts'
import { createGatewayMetrics } from './gateway-metrics.ts'

function openFigures() {
  const metrics = createGatewayMetrics()
  const world = { now: 0, connections: 0 }
  const figures = createFigures({
    counts: metrics.counts,
    connections: () => world.connections,
    clock: { now: () => world.now as Instant },
  })
  return { metrics, world, figures }
}

test('a minute holds what was counted in it, and refusals by their kind', () => {
  const { metrics, world, figures } = openFigures()
  metrics.handshake('accepted', 1)
  metrics.handshake('pairing-required', 1)
  metrics.request('health', 'ok', 1)
  metrics.upstreams.of('wiki').answered(200, 1)
  Object.assign(world, { now: 60_000, connections: 3 })
  figures.sample()
  metrics.request('health', 'scope-missing', 1)
  metrics.upgradeRefused('HOST_NOT_ALLOWED')
  metrics.upstreams.refused('NOT_FOUND')
  Object.assign(world, { now: 120_000, connections: 1 })
  figures.sample()
  assert.deepEqual(figures.read(60, 1), {
    untilMs: 120_000,
    stepMs: 60_000,
    connects: [1, 0],
    requests: [1, 0],
    proxied: [1, 0],
    connections: [3, 1],
    refused: {
      'app:NOT_FOUND': [0, 1],
      'connect:pairing-required': [1, 0],
      'request:scope-missing': [0, 1],
      'upgrade:HOST_NOT_ALLOWED': [0, 1],
    },
  })
  const { connects, connections, refused, stepMs } = figures.read(60, 5)
  assert.deepEqual([connects, connections, stepMs], [[1], [3], 300_000])
  assert.deepEqual(refused['upgrade:HOST_NOT_ALLOWED'], [1])
})

test('a day is kept and no more, and nothing is lost between two steps', () => {
  const { metrics, figures } = openFigures()
  for (let minute = 0; minute < 1_500; minute += 1) {
    metrics.request('health', 'ok', 1)
    figures.sample()
  }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_440 }), fc.integer({ min: 1, max: 240 }), (minutes, step) => {
      const { requests } = figures.read(minutes, step)
      assert.equal(
        requests.reduce((one, other) => one + other, 0),
        minutes,
      )
      assert.equal(requests.length, Math.ceil(minutes / step))
      for (const each of requests.slice(1)) assert.equal(each, step)
    }),
  )
})
