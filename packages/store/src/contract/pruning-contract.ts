import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GatewayEvent, Store } from '@pairgate/core'
import { append, approved, at, deviceId, OWNER, removed } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

async function fill(store: Store, events: readonly GatewayEvent[]): Promise<void> {
  await store.mutate(async (tx) => {
    for (const [n, event] of events.entries()) await append(tx, event, OWNER, at(10 * (n + 1)))
  })
}
const seqs = async (store: Store) => (await store.read.eventRecordsAfter(0, 100)).map(({ seq }) => seq)
const prune = (store: Store, upTo: number, numbers: number) =>
  store.mutate((tx) => tx.pruneEvents(upTo, numbers))
const five = [approved(1), approved(2), removed(1), removed(2), approved(2)]

export function describePruning(open: OpenStore): void {
  describe('a log that is pruned', () => {
    test(
      'loses its first events in parts, and says whether any are left to go',
      withStore(open, async (store) => {
        assert.equal(await prune(store, 9, 10), false)
        await fill(store, five)
        assert.equal(await prune(store, 4, 3), true)
        assert.deepEqual(await seqs(store), [4, 5])
        assert.equal(await prune(store, 4, 3), false)
        assert.equal(await prune(store, 4, 3), false)
        assert.deepEqual(await seqs(store), [5])
        const head = await store.read.eventHead()
        assert.equal(head.seq, 5)
        await fill(store, [removed(9)])
        assert.deepEqual(await seqs(store), [5, 6])
      }),
    )

    test(
      'loses nothing of a part that fails',
      withStore(open, async (store) => {
        await fill(store, five)
        const failing = store.mutate(async (tx) => {
          await tx.pruneEvents(5, 10)
          throw new Error('changed my mind')
        })
        await assert.rejects(failing, /changed my mind/)
        assert.deepEqual(await seqs(store), [1, 2, 3, 4, 5])
      }),
    )

    test(
      'knows for every device what it knew before, after each part and after what follows',
      withStore(open, async (store) => {
        await fill(store, five)
        const known = () => Promise.all([1, 2, 3].map((n) => store.read.wasRemoved(deviceId(n))))
        for (let part = 0; part < 5; part += 1) {
          assert.deepEqual(await known(), [true, false, false])
          await prune(store, 5, 1)
        }
        assert.deepEqual(await seqs(store), [])
        assert.deepEqual(await known(), [true, false, false])
        await fill(store, [approved(1), removed(2)])
        assert.deepEqual(await known(), [false, true, false])
        await prune(store, 100, 100)
        assert.deepEqual(await known(), [false, true, false])
      }),
    )

    test(
      'is asked for a time and for how many events there are',
      withStore(open, async (store) => {
        assert.equal(await store.read.firstEventSince(at(0)), undefined)
        await fill(store, five)
        assert.equal(await store.read.firstEventSince(at(20)), 2)
        assert.equal(await store.read.firstEventSince(at(21)), 3)
        assert.equal(await store.read.firstEventSince(at(51)), undefined)
        await prune(store, 2, 10)
        assert.equal(await store.read.firstEventSince(at(0)), 3)
        assert.deepEqual(
          await Promise.all([2, 4, 99].map((upTo) => store.read.countEventsUpTo(upTo))),
          [0, 2, 3],
        )
      }),
    )
  })
}
