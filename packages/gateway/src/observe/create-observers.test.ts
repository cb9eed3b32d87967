import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGatewayMetrics } from '../metrics/gateway-metrics.ts'
import { createLog, type LogLevel } from '../platform/log.ts'
import type { Connection } from '../ws/connection.ts'
import { createObservers } from './create-observers.ts'
import type { Observer } from './observer.ts'

function open(level: LogLevel = 'info', traces?: Observer) {
  const lines: Readonly<Record<string, unknown>>[] = []
  const log = createLog({ level, destination: { write: (line) => lines.push(JSON.parse(line)) } })
  return {
    observers: createObservers({ log, metrics: createGatewayMetrics(), figures: { sample() {} }, traces }),
    lines,
    log,
  }
}
const peer = { connId: 'c', remoteIp: '203.0.113.9', prefix: '203.0.113.9' }
const from = { address: peer.remoteIp, prefix: peer.prefix }

test('a flood of strangers is one line a minute, and a quiet minute none', () => {
  const { observers, lines } = open()
  for (let each = 0; each < 10_000; each += 1) {
    observers.upgradeRefused('HOST_NOT_ALLOWED', from)
    observers.handshake({ outcome: 'signature-invalid', ms: 1, peer })
  }
  observers.handshake({ outcome: 'accepted', ms: 1, peer })
  observers.sumUp()
  observers.sumUp()
  assert.equal(lines.length, 1)
  const { upgrades, handshakes, requests } = lines[0] ?? {}
  assert.deepEqual(
    [upgrades, handshakes, requests],
    [{ HOST_NOT_ALLOWED: 10_000 }, { 'signature-invalid': 10_000 }, undefined],
  )

  observers.upgradeRefused('HOST_NOT_ALLOWED', from)
  observers.sumUp()
  assert.deepEqual(lines[1]?.['upgrades'], { HOST_NOT_ALLOWED: 1 })
})

test('of a fault that comes again and again, each minute has one error with its stack', () => {
  const { observers, lines } = open()
  for (let each = 0; each < 3; each += 1) {
    for (const method of ['health', 'status'])
      observers.faults.note(`request failed: ${method}`, new TypeError('broken'), { connId: 'c', id: '1' })
    if (each === 1) observers.sumUp()
  }
  assert.deepEqual(
    lines.map(({ level, connId, id, msg }) => [level, connId, id, msg]),
    ['health', 'status', 'health', 'status'].map((method) => [
      'error',
      'c',
      '1',
      `request failed: ${method}`,
    ]),
  )
  assert.match(JSON.stringify(lines[0]?.['err']), /TypeError: broken\\n/)
})

test('a level that is off costs no look at what happened, and may be put on while the gateway runs', () => {
  const untouchable = new Proxy(
    {},
    {
      get(_target, name) {
        throw new Error(`asked for ${String(name)}`)
      },
    },
  ) as Connection
  const request = { id: 'x', method: 'health' }
  const { observers, log } = open('info')
  observers.request(untouchable, request, 'ok', 1)
  log.level = 'debug'
  assert.throws(() => observers.request(untouchable, request, 'ok', 1), /asked for principal/)
})

test('an SDK that throws breaks no request, and is told once a minute', () => {
  const broken = () => {
    throw new Error('broken exporter')
  }
  const { observers, lines } = open('info', { handshake: broken, request: broken })
  observers.handshake({ outcome: 'accepted', ms: 1, peer })
  observers.request({} as Connection, { id: '1', method: 'health' }, 'ok', 1)
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [['error', 'tracing failed']],
  )
})
