import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Instant } from '@pairgate/protocol'
import { noneStage, unpairedScopes } from './leave-none.ts'

const at = (n: number) => n as Instant
const DATES = { observe: at(10), warn: at(20), enforce: at(30) }

test('each stage begins at its date, and without dates there is no end', () => {
  const stages = [9, 10, 19, 20, 29, 30, 31].map((now) => noneStage(DATES, at(now)))
  assert.deepEqual(stages, ['open', 'observe', 'observe', 'warn', 'warn', 'enforce', 'enforce'])
  assert.equal(noneStage(undefined, at(1_000)), 'open')
})

test('stages of one date leave out those before', () => {
  assert.equal(noneStage({ ...DATES, warn: at(10) }, at(10)), 'warn')
  assert.equal(noneStage({ observe: at(10), warn: at(10), enforce: at(10) }, at(10)), 'enforce')
})

test('nobody is given admin, pairing or secrets without a pairing, also not through what implies them', () => {
  assert.deepEqual(unpairedScopes(['operator.pairing', 'operator.read']), ['operator.read'])
  assert.deepEqual(unpairedScopes(['operator.talk.secrets']), [])
  assert.deepEqual(unpairedScopes(['operator.admin']), [
    'operator.write',
    'operator.read',
    'operator.approvals',
    'operator.questions',
    'operator.talk',
    'operator.sessions.read',
    'operator.sessions.write',
  ])
  assert.deepEqual(unpairedScopes([]), [])
})
