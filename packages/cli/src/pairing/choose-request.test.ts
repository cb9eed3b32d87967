import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PendingRow } from '@pairgate/protocol/wire'
import fc from 'fast-check'
import { chooseRequest } from './choose-request.ts'

const request = (
  requestId: string,
  ts: number,
  scopes: readonly string[] = ['operator.read'],
): PendingRow => ({
  requestId,
  deviceId: 'd'.repeat(64),
  publicKey: 'k',
  role: 'operator',
  roles: ['operator'],
  scopes,
  silent: false,
  isRepair: false,
  ts,
})
const strict = { canAsk: false, approveLatest: 'strict', hasMadeRoom: false } as const
const old = request('old', 1)
const recent = request('recent', 2)

test('without open requests there is nothing to approve', () => {
  assert.deepEqual(chooseRequest({ ...strict, pending: [] }), { kind: 'nothing-open' })
})

test('a person is always asked, and about the newest request', () => {
  assert.deepEqual(chooseRequest({ ...strict, canAsk: true, pending: [old, recent] }), {
    kind: 'ask',
    row: recent,
  })
  const admin = request('admin', 3, ['operator.admin'])
  assert.deepEqual(chooseRequest({ ...strict, canAsk: true, pending: [admin] }), { kind: 'ask', row: admin })
})

test('a script approves the one open request that cannot let in others', () => {
  assert.deepEqual(chooseRequest({ ...strict, pending: [old] }), { kind: 'approve', row: old })
  const node = { ...request('node', 1, []), role: 'node', roles: ['node'] }
  assert.deepEqual(chooseRequest({ ...strict, pending: [node] }), { kind: 'approve', row: node })
})

test('a script approves nothing while two requests are open', () => {
  assert.deepEqual(chooseRequest({ ...strict, pending: [recent, old] }), {
    kind: 'preview',
    row: recent,
    why: '2 requests are open.',
  })
})

test('a script approves nothing while the request that is meant may have had to make room', () => {
  const choice = chooseRequest({ ...strict, hasMadeRoom: true, pending: [old] })
  assert.deepEqual(choice, {
    kind: 'preview',
    row: old,
    why: 'A request had to make room within the last minutes.',
  })
})

test('a script never approves a request for admin or pairing rights', () => {
  for (const scope of ['operator.admin', 'operator.pairing']) {
    const choice = chooseRequest({ ...strict, pending: [request('r', 1, ['operator.read', scope])] })
    assert.equal(choice.kind, 'preview')
  }
})

test('as documented, the newest request is approved without a question, unless it asks for admin', () => {
  const documented = { canAsk: true, approveLatest: 'documented', hasMadeRoom: true } as const
  assert.deepEqual(chooseRequest({ ...documented, pending: [old, recent] }), { kind: 'approve', row: recent })
  const admin = request('admin', 3, ['operator.admin'])
  assert.equal(chooseRequest({ ...documented, pending: [old, admin] }).kind, 'ask')
  assert.equal(chooseRequest({ ...documented, canAsk: false, pending: [admin] }).kind, 'preview')
})

test('whatever is open, admin is never granted without a question', () => {
  const scopes = fc.subarray(['operator.read', 'operator.admin', 'operator.pairing'])
  const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), scopes))
  const modes = fc.constantFrom('strict' as const, 'documented' as const)
  fc.assert(
    fc.property(rows, fc.boolean(), fc.boolean(), modes, (raw, canAsk, hasMadeRoom, approveLatest) => {
      const pending = raw.map(([ts, asked], index) => request(String(index), ts, asked))
      const choice = chooseRequest({ pending, canAsk, approveLatest, hasMadeRoom })
      if (choice.kind === 'approve') assert.ok(!choice.row.scopes.includes('operator.admin'))
      if (choice.kind === 'approve' && approveLatest === 'strict') {
        assert.equal(pending.length, 1)
        assert.equal(hasMadeRoom, false)
      }
    }),
  )
})
