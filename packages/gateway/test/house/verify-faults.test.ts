import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '@pairgate/store'
import type { Authenticate } from '../../src/http/authenticate.ts'
import { openHttpClient } from '../harness/http-client.ts'
import { openHouse } from './http-house.ts'

const VERIFY = '/__pairgate__/verify'
const failing =
  (error: Error): Authenticate =>
  () =>
    Promise.reject(error)

test('while the database is away a proxy is told so, and nobody is let through', async (context) => {
  const { listening } = await openHouse(context, {
    authenticate: failing(new StoreUnavailable('lost', null)),
  })
  const client = openHttpClient(listening)
  context.after(() => client.close())
  const { status, headers, body } = await client.get(VERIFY, { Authorization: 'Bearer x' })
  assert.deepEqual([status, headers['retry-after'], JSON.parse(body).error.code], [503, '2', 'UNAVAILABLE'])
  assert.equal(headers['x-pairgate-device'], '')
})

test('a check that fails in another way lets nobody through, and says nothing of the inside', async (context) => {
  const { listening } = await openHouse(context, { authenticate: failing(new Error('inner detail')) })
  const client = openHttpClient(listening)
  context.after(() => client.close())
  const { status, body } = await client.get(VERIFY, { Authorization: 'Bearer x' })
  assert.equal(status, 500)
  assert.doesNotMatch(body, /inner detail/)
})
