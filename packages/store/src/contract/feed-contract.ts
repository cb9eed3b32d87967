import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FeedRow } from '@pairgate/core'
import { at, deviceId } from './sample-records.ts'
import { type OpenStore, withStore } from './with-store.ts'

function row(changes: Partial<FeedRow> = {}): FeedRow {
  return {
    span: 1,
    kind: 'connect-refused',
    reason: 'signature-invalid',
    prefix: '192.0.2.1',
    deviceId: undefined,
    count: 1,
    firstAt: 1_000,
    lastAt: 1_000,
    ...changes,
  }
}

export function describeFeed(open: OpenStore): void {
  describe('the feed of what strangers cause', () => {
    test(
      'comes back as it was written, the latest first, and no more than asked for',
      withStore(open, async (store) => {
        const rows = [
          row({ lastAt: 4_000, deviceId: deviceId(1), count: 9_007_199_254_740_000 }),
          row({ lastAt: 3_000, prefix: '2001:db8::/64', reason: '' }),
          row({ lastAt: 2_000, span: 0 }),
        ]
        await store.mergeFeed(rows.toReversed())
        assert.deepEqual(await store.read.listFeed(10), rows)
        assert.deepEqual(await store.read.listFeed(2), rows.slice(0, 2))
      }),
    )

    test(
      'adds up equal things of one span, and keeps apart what differs in kind, reason, peer or span',
      withStore(open, async (store) => {
        await store.mergeFeed([row({ count: 2, deviceId: deviceId(1) })])
        await store.mergeFeed([row({ count: 3, firstAt: 2_000, lastAt: 2_500 })])
        const sum = row({ count: 5, lastAt: 2_500, deviceId: deviceId(1) })
        assert.deepEqual(await store.read.listFeed(10), [sum])
        await store.mergeFeed([row({ lastAt: 2_600, deviceId: deviceId(2) })])
        const more = { ...sum, count: 6, lastAt: 2_600, deviceId: deviceId(2) }
        assert.deepEqual(await store.read.listFeed(10), [more])
        const others = [row({ span: 2 }), row({ kind: 'x' }), row({ reason: 'x' }), row({ prefix: 'x' })]
        await store.mergeFeed(others)
        assert.equal((await store.read.listFeed(10)).length, 5)
      }),
    )

    test(
      'loses nothing when several write at once',
      withStore(open, async (store) => {
        await Promise.all(Array.from({ length: 20 }, () => store.mergeFeed([row(), row({ prefix: 'x' })])))
        const counts = (await store.read.listFeed(10)).map(({ count }) => count)
        assert.deepEqual(counts, [20, 20])
      }),
    )

    test(
      'is trimmed by time and by number, the oldest first',
      withStore(open, async (store) => {
        const rows = Array.from({ length: 6 }, (_, n) => row({ span: n, firstAt: n, lastAt: n }))
        await store.mergeFeed(rows)
        const spans = async () => (await store.read.listFeed(10)).map(({ span }) => span)
        await store.trimFeed(at(2), 100)
        assert.deepEqual(await spans(), [5, 4, 3, 2])
        await store.trimFeed(at(0), 4)
        assert.deepEqual(await spans(), [5, 4, 3, 2])
        await store.trimFeed(at(0), 2)
        assert.deepEqual(await spans(), [5, 4])
      }),
    )

    test(
      'forgets one device, and is written all or not at all',
      withStore(open, async (store) => {
        await store.mergeFeed([row({ deviceId: deviceId(1) }), row({ span: 2, deviceId: deviceId(2) })])
        await store.forgetFeed(deviceId(1))
        assert.deepEqual(await store.read.listFeed(10), [row({ span: 2, deviceId: deviceId(2) })])
        await assert.rejects(store.mergeFeed([row({ span: 7 }), row({ span: 8, count: 0 })]))
        assert.equal((await store.read.listFeed(10)).length, 1)
      }),
    )
  })
}
