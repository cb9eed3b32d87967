import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createUpgradeCounts } from './upgrade-counts.ts'

const none = () => {}

test('a peer gets as many unproved sockets as its limit says', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 2, unauthenticatedInAll: 100 })
  assert.ok(counts.admit({ prefix: 'a' }, none))
  const second = counts.admit({ prefix: 'a' }, none)
  assert.equal(counts.admit({ prefix: 'a' }, none), undefined)
  assert.ok(counts.admit({ prefix: 'b' }, none))

  second?.released()
  assert.ok(counts.admit({ prefix: 'a' }, none))
})

test('a socket that proved itself makes room, once', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 2, unauthenticatedInAll: 100 })
  const ticket = counts.admit({ prefix: 'a' }, none)
  counts.admit({ prefix: 'a' }, none)

  ticket?.authenticated()
  ticket?.authenticated()
  ticket?.released()
  assert.equal(counts.size(), 1)
})

test('when all room is taken, the newest socket of the busiest peer goes', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 4 })
  const evicted: string[] = []
  for (const name of ['busy 1', 'busy 2', 'busy 3'])
    counts.admit({ prefix: 'busy' }, () => evicted.push(name))
  counts.admit({ prefix: 'quiet' }, () => evicted.push('quiet'))

  assert.ok(counts.admit({ prefix: 'new' }, none))
  assert.deepEqual(evicted, ['busy 3'])
  assert.equal(counts.size(), 4)
})

test('when all room is taken, the busiest peer itself gets none', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 3 })
  const evicted: string[] = []
  for (const prefix of ['busy', 'busy', 'quiet']) counts.admit({ prefix }, () => evicted.push(prefix))

  assert.equal(counts.admit({ prefix: 'busy' }, none), undefined)
  assert.deepEqual(evicted, [])
})

test('among equals nobody is evicted for a newcomer', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 2 })
  const evicted: string[] = []
  for (const prefix of ['a', 'b']) counts.admit({ prefix }, () => evicted.push(prefix))
  assert.equal(counts.admit({ prefix: 'c' }, none), undefined)
  assert.deepEqual(evicted, [])
})

test('a socket that proved itself is never evicted', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 3 })
  const evicted: string[] = []
  const tickets = ['one', 'two', 'three'].map((name) =>
    counts.admit({ prefix: 'busy' }, () => evicted.push(name)),
  )
  tickets[2]?.authenticated()
  counts.admit({ prefix: 'x' }, none)
  counts.admit({ prefix: 'y' }, none)
  assert.deepEqual(evicted, ['two'])
})

test('one function may be the eviction of two sockets', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 10 })
  counts.admit({ prefix: 'a' }, none)?.released()
  counts.admit({ prefix: 'a' }, none)
  counts.admit({ prefix: 'a' }, none)
  assert.equal(counts.size(), 2)
})

test('more than half taken is a crowd', () => {
  const counts = createUpgradeCounts({ unauthenticatedPerPeer: 10, unauthenticatedInAll: 4 })
  counts.admit({ prefix: 'a' }, none)
  counts.admit({ prefix: 'b' }, none)
  assert.equal(counts.isCrowded(), false)
  const third = counts.admit({ prefix: 'c' }, none)
  assert.equal(counts.isCrowded(), true)
  third?.released()
  assert.equal(counts.isCrowded(), false)
})

test('whatever comes and goes, no limit is passed and every socket is counted once', () => {
  const moves = fc.array(fc.record({ prefix: fc.constantFrom('a', 'b', 'c', 'd'), leave: fc.nat(20) }), {
    maxLength: 200,
  })
  fc.assert(
    fc.property(moves, (all) => {
      const counts = createUpgradeCounts({ unauthenticatedPerPeer: 4, unauthenticatedInAll: 9 })
      const open = new Map<object, { prefix: string; leave: () => void }>()
      for (const { prefix, leave } of all) {
        const id = {}
        const ticket = counts.admit({ prefix }, () => open.delete(id))
        if (ticket) open.set(id, { prefix, leave: () => ticket.released() })
        const [key, gone] = [...open][leave] ?? []
        gone?.leave()
        if (key) open.delete(key)
        assert.equal(counts.size(), open.size)
        assert.ok(open.size <= 9)
        for (const name of 'abcd')
          assert.ok([...open.values()].filter((one) => one.prefix === name).length <= 4)
      }
    }),
  )
})
