import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeviceId, Instant, RequestId } from '@pairgate/protocol'
import { REQUEST_LIFETIME_MS } from '../domain/pairing-request.ts'
import { createAskedLately } from './asked-lately.ts'
import { createShownRequests } from './shown-requests.ts'

const at = (ms: number) => ms as Instant
const device = (n: number) => `device-${n}` as DeviceId

test('devices of a peer are counted once each, for as long as a request lives', () => {
  const asked = createAskedLately()
  for (let n = 0; n < 9; n += 1) asked.note({ prefix: 'a', deviceId: device(n % 3) }, at(n))
  asked.note({ prefix: 'b', deviceId: device(1) }, at(9))
  assert.equal(asked.count('a', at(10)), 3)
  assert.equal(asked.count('b', at(10)), 1)
  assert.equal(asked.count('c', at(10)), 0)
  assert.equal(asked.count('a', at(REQUEST_LIFETIME_MS - 1)), 3)
  assert.equal(asked.count('a', at(REQUEST_LIFETIME_MS)), 0)
  asked.note({ prefix: 'a', deviceId: device(7) }, at(REQUEST_LIFETIME_MS))
  assert.equal(asked.count('a', at(REQUEST_LIFETIME_MS)), 1)
})

test('no flood makes the memory of who asked larger than it may be', () => {
  const asked = createAskedLately()
  for (let n = 0; n < 100; n += 1) asked.note({ prefix: 'flood', deviceId: device(n) }, at(0))
  assert.equal(asked.count('flood', at(0)), 16)
  for (let n = 0; n < 10_000; n += 1) asked.note({ prefix: `peer-${n}`, deviceId: device(n) }, at(0))
  assert.equal(asked.count('flood', at(0)), 0)
  assert.equal(asked.count('peer-0', at(0)), 1)
})

test('a request is safe for five minutes from the first list that showed it, however often it is listed', () => {
  const shown = createShownRequests()
  const [one, other] = ['one' as RequestId, 'other' as RequestId]
  shown.mark([one], at(0))
  shown.mark([one, other], at(200_000))
  assert.ok(shown.has(one, at(299_999)) && shown.has(other, at(299_999)))
  shown.mark([one, other], at(299_999))
  assert.ok(!shown.has(one, at(300_000)))
  assert.ok(shown.has(other, at(499_999)))
  shown.mark([], at(300_000))
  assert.ok(!shown.has(other, at(300_000)))
})
