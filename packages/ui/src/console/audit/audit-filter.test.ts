import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paramsOf } from './audit-filter.ts'

const none = { kind: '', deviceId: undefined, from: '', to: '' }

test('what is not chosen is not asked for', () => {
  assert.deepEqual(paramsOf(none), {})
  assert.deepEqual(paramsOf({ ...none, kind: 'token-moved', deviceId: 'd' }), {
    kind: 'token-moved',
    deviceId: 'd',
  })
})

test('both days are shown from their first moment to their last, where the reader lives', () => {
  const { sinceMs = 0, untilMs = 0 } = paramsOf({ ...none, from: '2026-02-28', to: '2026-02-28' })
  assert.equal(sinceMs, new Date(2026, 1, 28).getTime())
  assert.equal(untilMs, new Date(2026, 2, 1).getTime())
  assert.deepEqual(paramsOf({ ...none, from: 'yesterday', to: '0001-01-01' }), { untilMs: 0 })
})
